// The rows of a store's log, how long they are kept, and the error of a reader whose cursor is too
// old.
#include "db/store/trial_feed.h"
#include "tests/db/standing_clock.h"
#include "tests/db/store_contract.h"

namespace hone::db {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string TextOf(const Change& change) {
  constexpr const char* kKinds[] = {"experiment", "trial", "observations"};
  constexpr const char* kActions[] = {"created", "spec", "status", "deleted", "observed"};
  std::string text = kKinds[static_cast<std::size_t>(change.kind)];
  text += change.ordinal > 0 ? " " + std::to_string(change.ordinal) : "";
  text += std::string(" ") + kActions[static_cast<std::size_t>(change.action)] + " #" +
          std::to_string(change.subject_sequence);
  return change.state.empty() ? text : text + " " + change.state;
}

std::vector<std::string> Texts(const std::vector<Change>& changes) {
  std::vector<std::string> texts;
  for (const Change& change : changes) {
    texts.push_back(TextOf(change));
  }
  return texts;
}

TEST_P(StoreContract, LogsEachVersionOfAnExperimentAndOfATrialOnce) {
  Story story(store());
  const Trial trial = story.Create();
  Transition transition = story.Next();
  transition.experiment_changed_state = true;
  transition.experiment.status.SetCondition(
      {ConditionType::kRunning, true, "Running", "", At(3), At(3)});
  transition.updated = {Moved(trial, TrialState::kRunning)};
  transition.created = {ATrial(story.experiment(), 2)};
  story.Commit(transition);

  EXPECT_THAT(Texts(Changes()),
              ElementsAre("experiment created #1 Created",
                          "trial 1 created #1 Created",
                          "experiment status #2",
                          "trial 2 created #1 Created",
                          "trial 1 status #2 Running",
                          "experiment status #3 Running"));
}

TEST_P(StoreContract, LogsANewSpecAndNewLabels) {
  Experiment experiment = store().CreateExperiment(AnExperiment()).value();
  experiment.labels["team"] = "speech";
  experiment = store().UpdateSpec(experiment).value();
  experiment.spec.max_trial_count = 20;
  ASSERT_TRUE(store().UpdateSpec(experiment));

  const std::vector<Change> changes = Changes();

  EXPECT_THAT(
      Texts(changes),
      ElementsAre("experiment created #1 Created", "experiment spec #2", "experiment spec #3"));
  EXPECT_EQ(changes[1].generation, 1);
  EXPECT_EQ(changes[2].generation, 2);
}

TEST_P(StoreContract, LogsObservationsOnceATrialAndCommit) {
  Story story(store());
  const Trial first = story.Create();
  const Trial second = story.Create();
  const std::uint64_t before = Newest();
  AttemptId retried = first.attempt_id();
  retried.attempt = 2;
  Transition transition = story.Next();
  transition.observations = {{second.attempt_id(), {AnObservation(7)}},
                             {first.attempt_id(), {AnObservation(1), AnObservation(2)}},
                             {retried, {AnObservation(1)}}};
  story.Commit(transition);

  EXPECT_THAT(
      Texts(store().ChangesSince(before, SIZE_MAX).value()),
      ElementsAre(
          "observations 1 observed #2", "observations 2 observed #7", "experiment status #4"));
}

TEST_P(StoreContract, LogsNoObservationThatItHad) {
  Story story(store());
  const AttemptId attempt = story.Create().attempt_id();
  story.Observe(attempt, {AnObservation(1)});
  const std::uint64_t before = Newest();

  story.Observe(attempt, {AnObservation(1)});

  EXPECT_THAT(Texts(store().ChangesSince(before, SIZE_MAX).value()),
              ElementsAre("experiment status #4"));
}

TEST_P(StoreContract, LogsNothingThatWasRefused) {
  Story story(store());
  Transition stale = story.Next();
  story.Create();
  const std::uint64_t before = Newest();

  EXPECT_FALSE(store().CreateExperiment(AnExperiment()));
  EXPECT_FALSE(store().UpdateSpec(stale.experiment));
  EXPECT_FALSE(store().Commit(stale));
  EXPECT_FALSE(store().DeleteExperiment({"default", "nobody"}));

  EXPECT_EQ(Newest(), before);
  EXPECT_THAT(store().ChangesSince(before, SIZE_MAX).value(), IsEmpty());
}

TEST_P(StoreContract, LeavesATombstoneAndRemembersWhatWasBefore) {
  Story story(store());
  story.Create();
  ASSERT_TRUE(store().DeleteExperiment(story.key()));
  Experiment another = AnExperiment();
  another.uid = "another";
  ASSERT_TRUE(store().CreateExperiment(another));

  const std::vector<Change> changes = Changes();

  EXPECT_THAT(Texts(changes),
              ElementsAre("experiment created #1 Created",
                          "trial 1 created #1 Created",
                          "experiment status #2",
                          "experiment deleted #3",
                          "experiment created #1 Created"));
  for (const Change& change : changes) {
    EXPECT_EQ(change.experiment, story.key());
    EXPECT_EQ(change.uid, change.sequence < 5 ? "uid-tune" : "another");
    EXPECT_EQ(change.generation, 1);
  }
}

TEST_P(StoreContract, ReadsTheLogOnFromACursor) {
  Story story(store());
  for (int i = 0; i < 5; ++i) {
    story.Create();
  }
  const std::vector<Change> all = Changes();

  std::uint64_t cursor = 0;
  std::vector<Change> read;
  for (std::size_t page = 0; page < all.size(); ++page) {
    const std::vector<Change> changes = store().ChangesSince(cursor, 2).value();
    for (const Change& change : changes) {
      EXPECT_GT(change.sequence, cursor);
      cursor = change.sequence;
      read.push_back(change);
    }
  }

  EXPECT_EQ(read, all);
  EXPECT_EQ(cursor, Newest());
  EXPECT_THAT(store().ChangesSince(0, 0).value(), IsEmpty());
}

TEST_P(StoreContract, RefusesACursorOfAnotherStore) {
  ASSERT_TRUE(store().CreateExperiment(AnExperiment()));

  const auto changes = store().ChangesSince(2, SIZE_MAX);

  EXPECT_EQ(CodeOf(changes), Code::kOutOfRange);
  EXPECT_THAT(changes.error().message, AllOf(HasSubstr("newest"), HasSubstr("list anew")));
  EXPECT_EQ(CodeOf(store().ListTrials({.experiment = {"default", "tune"}, .changed_since = 2})),
            Code::kOutOfRange);
}

TEST_P(StoreContract, KeepsTheNewestChangesAndSendsLateReadersAway) {
  const StandingClock clock;
  const auto small = MakeAnother({{.rows = 16}, &clock});
  Story story(*small);
  for (int i = 0; i < 20; ++i) {
    story.Create();
  }
  const std::uint64_t newest = small->NewestChange().value();

  const auto late = small->ChangesSince(newest - 17, SIZE_MAX);
  EXPECT_EQ(newest, 41U);
  EXPECT_EQ(small->ChangesSince(newest - 16, SIZE_MAX)->size(), 16U);
  EXPECT_EQ(CodeOf(late), Code::kOutOfRange);
  EXPECT_THAT(late.error().message, AllOf(HasSubstr("up to 25"), HasSubstr("list anew")));
  EXPECT_EQ(CodeOf(small->ChangesSince(0, SIZE_MAX)), Code::kOutOfRange);
  EXPECT_EQ(CodeOf(small->ListTrials({.experiment = story.key(), .changed_since = 1})),
            Code::kOutOfRange);
  EXPECT_EQ(story.Trials().size(), 20U);
}

TEST_P(StoreContract, ForgetsOldChangesWithTheNextThatAreWritten) {
  StandingClock clock;
  const auto small = MakeAnother({{.rows = 16, .age = std::chrono::hours(1)}, &clock});
  Story story(*small);
  clock.now += std::chrono::hours(1);
  story.Create();
  EXPECT_EQ(small->ChangesSince(0, SIZE_MAX)->size(), 3U);

  clock.now += std::chrono::seconds(1);
  story.Create();

  EXPECT_EQ(CodeOf(small->ChangesSince(0, SIZE_MAX)), Code::kOutOfRange);
  EXPECT_EQ(small->ChangesSince(1, SIZE_MAX)->size(), 4U);
}

TEST_P(StoreContract, TrimsAboutTwiceAsManyChangesAsATransactionWrites) {
  StandingClock clock;
  const auto small = MakeAnother({{.rows = 1'000, .age = std::chrono::hours(1)}, &clock});
  Story story(*small);
  Transition many = story.Next();
  for (std::uint64_t ordinal = 1; ordinal <= 500; ++ordinal) {
    many.created.push_back(ATrial(story.experiment(), ordinal));
  }
  story.Commit(std::move(many));
  const std::uint64_t before = small->NewestChange().value();
  clock.now += std::chrono::hours(2);

  std::uint64_t cursor = 0;
  for (int commits = 0; commits < 400; ++commits) {
    Transition nothing = story.Next();
    story.Commit(std::move(nothing));
    const std::uint64_t trimmed = cursor;
    while (!small->ChangesSince(cursor, 1)) {
      ++cursor;
    }
    ASSERT_LE(cursor - trimmed, 2U * 62);
  }

  EXPECT_EQ(cursor, before);
}

TEST_P(StoreContract, GivesAllTrialsToAFeedThatComesTooLate) {
  const StandingClock clock;
  const auto small = MakeAnother({{.rows = 16}, &clock});
  Story story(*small);
  TrialFeed feed(*small);
  std::uint64_t cursor = 0;
  const auto read = [&] {
    std::vector<Trial> news;
    EXPECT_TRUE(feed.Read(story.key(), cursor, [&](std::span<const Trial> trials) {
      news.insert(news.end(), trials.begin(), trials.end());
    }));
    return Ordinals(news);
  };
  story.Create();
  EXPECT_THAT(read(), ElementsAre(1));
  const Trial second = story.Create();
  EXPECT_THAT(read(), ElementsAre(2));
  EXPECT_THAT(read(), IsEmpty());

  story.Move(second, TrialState::kRunning);
  for (int i = 0; i < 20; ++i) {
    story.Commit(story.Next());
  }

  EXPECT_THAT(read(), ElementsAre(1, 2));
  EXPECT_THAT(read(), IsEmpty());
}

}  // namespace
}  // namespace hone::db
