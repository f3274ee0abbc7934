#include <map>
#include <thread>

#include "tests/db/store_contract.h"

namespace hone::db {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreContract, NeverTouchesTheSpecInACommit) {
  Story story(store());
  Transition transition = story.Next();
  transition.experiment.spec.max_trial_count = 999;
  transition.experiment.labels.clear();

  story.Commit(transition);

  const Experiment stored = store().GetExperiment(story.key()).value();
  EXPECT_EQ(stored.spec, AnExperiment().spec);
  EXPECT_EQ(stored.labels, AnExperiment().labels);
}

ExperimentStatus AnotherStatus(ExperimentStatus status) {
  status.start_time = At(5);
  status.completion_time = At(6);
  status.SetCondition({ConditionType::kRunning, false, "Because", "of this", At(5), At(6)});
  status.counts = {9, 1, 2, 3, 4, 5, 6, 7};
  return status;
}

TEST_P(StoreContract, KeepsTheWholeStatusOfAnExperiment) {
  Story story(store());
  Transition transition = story.Next();
  ExperimentStatus& status = transition.experiment.status;
  status = AnotherStatus(status);
  status.optimal = OptimalTrial{3, 0.1 + 0.2};
  status.running_time = std::chrono::seconds(77);
  transition.experiment_changed_state = true;

  story.Commit(transition);

  EXPECT_EQ(store().GetExperiment(story.key()).value().status, status);
  EXPECT_EQ(store().GetExperiment(story.key()).value().version, 2);
}

TEST_P(StoreContract, KeepsConditionsAndTimesUntilTheStateChanges) {
  Story story(store());
  const ExperimentStatus before = store().GetExperiment(story.key()).value().status;
  Transition transition = story.Next();
  transition.experiment.status = AnotherStatus(before);

  story.Commit(transition);

  ExperimentStatus wanted = before;
  wanted.counts = AnotherStatus(before).counts;
  wanted.running_time = AnotherStatus(before).running_time;
  EXPECT_EQ(store().GetExperiment(story.key()).value().status, wanted);
}

TEST_P(StoreContract, ReadsATrialBackAsItWasWritten) {
  Story story(store());
  Trial trial = story.Move(story.Create(), TrialState::kRunning);
  trial.state = TrialState::kSucceeded;
  trial.attempt = 3;
  trial.failures = 2;
  trial.interruptions = 5;
  trial.start_failures = 4;
  trial.run_time = std::chrono::microseconds(1'500'001);
  trial.not_before = At(7);
  trial.started = At(8);
  trial.completed = At(9);
  trial.reason = "Reason";
  trial.message = "a \"message\"\nof two lines";
  trial.metrics = {{"accuracy", "0.10", "nan", "1e400"}};
  Transition transition = story.Next();
  transition.updated = {trial};

  const Transition committed = story.Commit(transition);

  trial.version = 3;
  EXPECT_THAT(committed.updated, ElementsAre(trial));
  EXPECT_THAT(story.Trials(), ElementsAre(trial));
}

TEST_P(StoreContract, TellsTheNewVersionsAfterACommit) {
  Story story(store());
  const Trial first = story.Create();
  Transition transition = story.Next();
  transition.created = {ATrial(story.experiment(), 2)};
  transition.updated = {Moved(first, TrialState::kRunning)};

  ASSERT_TRUE(store().Commit(transition));

  EXPECT_EQ(transition.experiment.version, 3);
  EXPECT_EQ(transition.created[0].version, 1);
  EXPECT_EQ(transition.updated[0].version, 2);
}

TEST_P(StoreContract, WritesNothingOfACommitFromAnOldExperiment) {
  Story story(store());
  Transition stale = story.Next();
  story.Create();
  const std::uint64_t newest_before = Newest();
  stale.created = {ATrial(story.experiment(), 2)};
  stale.experiment.status.counts.created = 77;

  EXPECT_EQ(CodeOf(store().Commit(stale)), Code::kAborted);

  EXPECT_THAT(Ordinals(story.Trials()), ElementsAre(1));
  EXPECT_EQ(store().GetExperiment(story.key()).value().status.counts.created, 0);
  EXPECT_EQ(Newest(), newest_before);
  EXPECT_EQ(stale.experiment.version, 1);
}

TEST_P(StoreContract, WritesNothingOfACommitToAnotherExperimentOfTheName) {
  Story story(store());
  Transition late = story.Next();
  late.created = {ATrial(story.experiment(), 1)};
  ASSERT_TRUE(store().DeleteExperiment(story.key()));
  Experiment another = AnExperiment(story.key().name);
  another.uid = "another";
  ASSERT_EQ(store().CreateExperiment(another).value().version, late.experiment.version);

  EXPECT_EQ(CodeOf(store().Commit(late)), Code::kAborted);

  EXPECT_THAT(story.Trials(), IsEmpty());
}

TEST_P(StoreContract, WritesNothingOfACommitWithAnOldTrial) {
  Story story(store());
  const Trial created = story.Create();
  story.Move(created, TrialState::kRunning);
  Transition stale = story.Next();
  stale.created = {ATrial(story.experiment(), 2)};
  stale.updated = {Moved(created, TrialState::kKilled)};
  stale.observations = {{created.attempt_id(), {AnObservation(1)}}};

  EXPECT_EQ(CodeOf(store().Commit(stale)), Code::kAborted);

  EXPECT_THAT(Ordinals(story.Trials()), ElementsAre(1));
  EXPECT_EQ(story.Trials()[0].state, TrialState::kRunning);
  EXPECT_THAT(store().ListObservations({.attempt = created.attempt_id()}).value(), IsEmpty());
  EXPECT_EQ(stale.created[0].version, 0);
}

TEST_P(StoreContract, FencesOffTheHolderOfAnOldEpoch) {
  Story old_leader(store());
  ASSERT_EQ(store().AcquireEpoch().value(), 2U);
  Transition late = old_leader.Next();
  late.created = {ATrial(late.experiment, 1)};

  EXPECT_EQ(CodeOf(store().Commit(late)), Code::kFailedPrecondition);
  late.epoch = 2;
  EXPECT_TRUE(store().Commit(late));
}

TEST_P(StoreContract, NeverLetsATerminalTrialMove) {
  Story story(store());
  const Trial done = story.Move(story.Create(), TrialState::kKilled);

  for (const TrialState state : {TrialState::kRunning, TrialState::kKilled, TrialState::kFailed}) {
    Transition transition = story.Next();
    transition.updated = {Moved(done, state)};
    EXPECT_EQ(CodeOf(store().Commit(transition)), Code::kInternal);
  }
  EXPECT_EQ(story.Trials()[0], done);
}

TEST_P(StoreContract, WantsOrdinalsWithoutGaps) {
  Story story(store());
  story.Create();

  for (const std::vector<std::uint64_t>& ordinals :
       std::vector<std::vector<std::uint64_t>>{{1}, {3}, {2, 4}, {2, 2}, {3, 2}, {0}}) {
    Transition transition = story.Next();
    for (const std::uint64_t ordinal : ordinals) {
      transition.created.push_back(ATrial(story.experiment(), ordinal));
    }
    EXPECT_EQ(CodeOf(store().Commit(transition)), Code::kInternal);
  }
  EXPECT_THAT(Ordinals(story.Trials()), ElementsAre(1));
}

TEST_P(StoreContract, RefusesWhatBelongsToNoTrialOfTheExperiment) {
  Story story(store());
  const Trial trial = story.Create();
  Transition unknown = story.Next();
  unknown.updated = {Moved(trial, TrialState::kRunning)};
  unknown.updated[0].ordinal = 2;
  Transition twice = story.Next();
  twice.updated = {Moved(trial, TrialState::kRunning), Moved(trial, TrialState::kKilled)};
  Transition foreign = story.Next();
  foreign.created = {ATrial(AnExperiment("other"), 2)};
  Transition unobservable = story.Next();
  unobservable.observations = {{{story.key(), 2, 1}, {AnObservation(1)}}};

  for (Transition transition : {unknown, twice, foreign, unobservable}) {
    EXPECT_EQ(CodeOf(store().Commit(transition)), Code::kInternal);
  }
}

/// Retries each step of an experiment, as a controller does, until its commit succeeds.
void AddTrialsInCompetition(Store& store,
                            const ExperimentKey& key,
                            std::uint64_t epoch,
                            int count) {
  for (int added = 0; added < count;) {
    Transition transition;
    transition.epoch = epoch;
    transition.experiment = store.GetExperiment(key).value();
    auto& created = transition.experiment.status.counts.created;
    transition.created = {ATrial(transition.experiment, static_cast<std::uint64_t>(++created))};
    const Status status = store.Commit(transition);
    ASSERT_TRUE(status || status.error().code == Code::kAborted) << status.error().message;
    added += status ? 1 : 0;
  }
}

TEST_P(StoreContract, LosesAndDoublesNothingWhenManyThreadsWrite) {
  constexpr int kThreads = 8;
  constexpr int kTrialsEach = 20;
  const std::uint64_t epoch = store().AcquireEpoch().value();
  const ExperimentKey shared = store().CreateExperiment(AnExperiment("shared")).value().key;

  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      const auto own = store().CreateExperiment(AnExperiment("own-" + std::to_string(i))).value();
      AddTrialsInCompetition(store(), shared, epoch, kTrialsEach);
      AddTrialsInCompetition(store(), own.key, epoch, kTrialsEach);
      EXPECT_TRUE(store().Sync());
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  EXPECT_EQ(store().ListTrials({.experiment = shared}).value().size(),
            static_cast<std::size_t>(kThreads * kTrialsEach));
  std::map<std::pair<ExperimentKey, std::uint64_t>, std::int64_t> last;
  std::uint64_t sequence = 0;
  for (const Change& change : Changes()) {
    EXPECT_GT(change.sequence, std::exchange(sequence, change.sequence));
    std::int64_t& before = last[{change.experiment, change.ordinal}];
    EXPECT_EQ(change.subject_sequence, ++before);
  }
  EXPECT_EQ(last.size(), static_cast<std::size_t>(1 + kThreads + 2 * kThreads * kTrialsEach));
}

}  // namespace
}  // namespace hone::db
