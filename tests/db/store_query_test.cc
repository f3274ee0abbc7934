#include "tests/db/store_contract.h"

namespace hone::db {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreContract, FindsTrialsByStateOrderAndPage) {
  Story story(store());
  for (int i = 0; i < 6; ++i) {
    const Trial trial = story.Create();
    if (i % 2 == 0) {
      story.Move(trial, TrialState::kRunning);
    }
  }
  const auto find = [&](TrialQuery query) {
    query.experiment = story.key();
    return Ordinals(story.List(query));
  };

  EXPECT_THAT(find({.states = {TrialState::kRunning}}), ElementsAre(1, 3, 5));
  EXPECT_THAT(find({.states = {TrialState::kCreated}, .after_ordinal = 2}), ElementsAre(4, 6));
  EXPECT_THAT(find({.states = {TrialState::kCreated, TrialState::kFailed}}), ElementsAre(2, 4, 6));
  EXPECT_THAT(find({.states = {TrialState::kSucceeded}}), IsEmpty());
  EXPECT_THAT(find({.after_ordinal = 1, .limit = 2}), ElementsAre(2, 3));
  EXPECT_THAT(find({.descending = true, .limit = 2}), ElementsAre(6, 5));
  EXPECT_THAT(find({.limit = 0}), IsEmpty());
}

TEST_P(StoreContract, FindsOnlyTheTrialsThatChangedSinceACursor) {
  Story story(store());
  const Trial first = story.Create();
  story.Create();
  const std::uint64_t seen = Newest();
  story.Create();
  story.Move(first, TrialState::kRunning);

  const TrialQuery changed{.experiment = story.key(), .changed_since = seen};

  EXPECT_THAT(Ordinals(story.List(changed)), ElementsAre(1, 3));
  TrialQuery newest = changed;
  newest.descending = true;
  newest.limit = 1;
  EXPECT_THAT(Ordinals(story.List(newest)), ElementsAre(3));
  TrialQuery nothing = changed;
  nothing.changed_since = Newest();
  EXPECT_THAT(story.List(nothing), IsEmpty());
}

TEST_P(StoreContract, AppendsAnObservationOnceHoweverOftenItIsSent) {
  Story story(store());
  const AttemptId attempt = story.Move(story.Create(), TrialState::kRunning).attempt_id();
  story.Observe(attempt, {AnObservation(1), AnObservation(2)});

  story.Observe(attempt, {AnObservation(2, "another"), AnObservation(3), AnObservation(3)});

  EXPECT_THAT(store().ListObservations({.attempt = attempt}).value(),
              ElementsAre(AnObservation(1), AnObservation(2), AnObservation(3)));
}

TEST_P(StoreContract, KeepsTheObservationsOfEachAttemptApart) {
  Story story(store());
  const AttemptId first = story.Create().attempt_id();
  const AttemptId second{first.experiment, first.ordinal, 2};
  story.Observe(first, {AnObservation(1, "1")});
  story.Observe(second, {AnObservation(1, "2")});

  EXPECT_THAT(store().ListObservations({.attempt = second}).value(),
              ElementsAre(AnObservation(1, "2")));
}

TEST_P(StoreContract, FindsObservationsByMetricAndPage) {
  Story story(store());
  const AttemptId attempt = story.Create().attempt_id();
  Observation loss = AnObservation(2);
  loss.metric = "loss";
  story.Observe(attempt, {AnObservation(3), loss, AnObservation(1)});
  const auto find = [&](ObservationQuery query) {
    query.attempt = attempt;
    return store().ListObservations(query).value();
  };

  EXPECT_THAT(find({.metric = "loss"}), ElementsAre(loss));
  EXPECT_THAT(find({.after_sequence = 1}), ElementsAre(loss, AnObservation(3)));
  EXPECT_THAT(find({.after_sequence = 0, .limit = 1}), ElementsAre(AnObservation(1)));
  EXPECT_THAT(find({.metric = "unheard"}), IsEmpty());
}

TEST_P(StoreContract, KeepsEveryValueByteForByte) {
  Story story(store());
  const AttemptId attempt = story.Create().attempt_id();
  const std::vector<std::string> values = {
      "nan", "-inf", "0.10", "", std::string("a\0b", 3), "\xff\xfe", std::string(1'000'000, 'x')};
  std::vector<Observation> observations;
  for (const std::string& value : values) {
    observations.push_back(AnObservation(observations.size() + 1, value));
  }

  story.Observe(attempt, observations);

  EXPECT_EQ(store().ListObservations({.attempt = attempt}).value(), observations);
}

}  // namespace
}  // namespace hone::db
