#include "controller/decide/decide.h"

#include <gtest/gtest.h>

#include "tests/support/builders.h"

namespace hone::controller {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Decision DecideAt(const Experiment& experiment,
                  std::vector<TrialView> active,
                  RunMode mode = RunMode::kRun,
                  TrialLimits limits = {}) {
  return Decide({.experiment = experiment,
                 .active = std::move(active),
                 .limits = limits,
                 .mode = mode,
                 .now = At(10)});
}

const Condition& Last(const Decision& decision) {
  return decision.status.conditions.back();
}

TEST(Decide, CreatesAsManyTrialsAsMayRunAtOnce) {
  const Experiment experiment = AnExperiment().Parallel(3).Build();

  const Decision decision = DecideAt(experiment, {});

  EXPECT_EQ(decision.create, 3U);
  EXPECT_EQ(Last(decision).reason, "ExperimentRunning");
  EXPECT_TRUE(decision.updated.empty());
}

TEST(Decide, NeverCreatesMoreThanMaxTrialCount) {
  const Experiment experiment = AnExperiment()
                                    .Parallel(4)
                                    .Max(5)
                                    .Counts({.created = 4, .running = 1, .succeeded = 3})
                                    .Build();

  const Decision decision = DecideAt(experiment, {ATrial(4).Running().Build()});

  EXPECT_EQ(decision.create, 1U);
}

TEST(Decide, CreatesWhatIsAskedForWithinTheCountsOfTheSpec) {
  Experiment experiment = AnExperiment().Max(9).Build();
  ExperimentView view{.experiment = experiment, .asked = 6, .now = At(10)};
  experiment.spec.parallel_trial_count.reset();
  EXPECT_EQ(Decide(view).create, 6U) << "only the request is a bound";

  experiment.spec.max_trial_count = 4;
  EXPECT_EQ(Decide(view).create, 4U);
  experiment.spec.parallel_trial_count = 3;
  EXPECT_EQ(Decide(view).create, 3U);
  view.asked = 2;
  EXPECT_EQ(Decide(view).create, 2U);
  experiment.spec.suspend = true;
  EXPECT_EQ(Decide(view).create, 0U);
}

TEST(Decide, FailsATrialOfASuspendedExperimentThatDoesNotRunAgain) {
  const Experiment experiment =
      AnExperiment().Suspended().Counts({.created = 1, .running = 1}).Build();
  const std::vector<TrialView> failed{ATrial(1).Failed().Build()};

  const auto state = [&](bool runs_again) {
    return DecideAt(experiment, failed, RunMode::kRun, {.runs_again = runs_again})
        .updated.at(0)
        .state;
  };

  EXPECT_EQ(state(true), TrialState::kCreated);
  EXPECT_EQ(state(false), TrialState::kFailed);
}

TEST(Decide, FillsTheSlotOfATrialThatEndedInTheSamePass) {
  const Experiment experiment = AnExperiment().Counts({.created = 2, .running = 2}).Build();

  const Decision decision =
      DecideAt(experiment, {ATrial(1).Succeeded("0.5").Build(), ATrial(2).Running().Build()});

  ASSERT_EQ(decision.updated.size(), 1U);
  EXPECT_EQ(decision.updated[0].state, TrialState::kSucceeded);
  EXPECT_EQ(decision.updated[0].completed, At(1));
  EXPECT_EQ(decision.create, 1U);
  EXPECT_EQ(decision.status.optimal, (OptimalTrial{1, 0.5}));
  EXPECT_EQ(decision.status.counts.succeeded, 1);
}

TEST(Decide, CallsASilentSuccessMetricsUnavailableAtOnce) {
  const Experiment experiment = AnExperiment().Counts({.created = 1, .running = 1}).Build();

  const Decision decision = DecideAt(experiment, {ATrial(1).SucceededInSilence().Build()});

  ASSERT_EQ(decision.updated.size(), 1U);
  EXPECT_EQ(decision.updated[0].state, TrialState::kMetricsUnavailable);
  EXPECT_FALSE(decision.status.optimal.has_value());
}

TEST(Decide, QuotesTheRunnerOnASuccessWithoutTheObjective) {
  const Experiment experiment = AnExperiment().Counts({.created = 1, .running = 1}).Build();
  TrialView trial = ATrial(1).SucceededInSilence().Build();
  trial.workload.message = "it printed \"acc: 1\"";

  const Decision decision = DecideAt(experiment, {trial});

  ASSERT_EQ(decision.updated.size(), 1U);
  EXPECT_EQ(decision.updated[0].message,
            "the trial succeeded without reporting metric \"accuracy\"; it printed \"acc: 1\"");
}

TEST(Decide, KeepsNotANumberButNeverCallsItBest) {
  const Experiment experiment =
      AnExperiment().Best(1, 0.1).Counts({.created = 3, .running = 2, .succeeded = 1}).Build();

  const Decision decision = DecideAt(
      experiment, {ATrial(2).Succeeded("nan").Build(), ATrial(3).Succeeded("inf").Build()});

  ASSERT_EQ(decision.updated.size(), 2U);
  EXPECT_EQ(decision.updated[0].state, TrialState::kSucceeded);
  EXPECT_EQ(decision.updated[0].metrics[0].latest, "nan");
  EXPECT_EQ(decision.status.optimal, (OptimalTrial{1, 0.1}));
}

TEST(Decide, LetsTheFirstOfEqualsStayBest) {
  const Experiment experiment =
      AnExperiment().Best(1, 0.5).Counts({.created = 2, .running = 1, .succeeded = 1}).Build();

  const Decision decision = DecideAt(experiment, {ATrial(2).Succeeded("0.5").Build()});

  EXPECT_EQ(decision.status.optimal->ordinal, 1U);
}

TEST(Decide, EndsWhenTheGoalIsReachedAndStopsTheOthers) {
  const Experiment experiment =
      AnExperiment().Goal(0.9).Counts({.created = 2, .running = 2}).Build();

  const Decision decision =
      DecideAt(experiment, {ATrial(1).Succeeded("0.95").Build(), ATrial(2).Running().Build()});

  EXPECT_EQ(Last(decision).type, ConditionType::kSucceeded);
  EXPECT_EQ(Last(decision).reason, "ExperimentGoalReached");
  EXPECT_EQ(decision.status.completion_time, At(10));
  EXPECT_EQ(decision.create, 0U);
  ASSERT_EQ(decision.stop.size(), 2U);
  EXPECT_EQ(decision.stop[1].id.ordinal, 2U);
  EXPECT_EQ(decision.stop[1].grace, milliseconds(30000));
}

TEST(Decide, KillsTrialsThatStillRanWhenTheExperimentEnded) {
  const Experiment experiment =
      AnExperiment()
          .With(ConditionType::kSucceeded, "ExperimentGoalReached")
          .Counts({.created = 3, .pending = 1, .running = 1, .succeeded = 1})
          .Build();

  const Decision decision = DecideAt(experiment, {ATrial(2).Failed().Build(), ATrial(3).Build()});

  ASSERT_EQ(decision.updated.size(), 2U);
  EXPECT_EQ(decision.updated[0].state, TrialState::kKilled);
  EXPECT_EQ(decision.updated[1].state, TrialState::kKilled);
  EXPECT_EQ(decision.status.counts.killed, 2);
  EXPECT_FALSE(decision.status_changed_state);
}

TEST(Decide, FailsWhenTooManyTrialsHaveFailed) {
  const Experiment experiment =
      AnExperiment().MaxFailed(1).Counts({.created = 1, .running = 1}).Build();

  const Decision decision = DecideAt(experiment, {ATrial(1).Failed().Build()});

  EXPECT_EQ(decision.updated[0].state, TrialState::kFailed);
  EXPECT_EQ(decision.updated[0].message, "exited with code 1");
  EXPECT_EQ(Last(decision).type, ConditionType::kFailed);
}

TEST(Decide, CountsMissingMetricsAsFailures) {
  const Experiment experiment =
      AnExperiment().MaxFailed(0).Counts({.created = 1, .running = 1}).Build();

  const Decision decision = DecideAt(experiment, {ATrial(1).SucceededInSilence().Build()});

  EXPECT_EQ(Last(decision).type, ConditionType::kFailed);
  EXPECT_EQ(Last(decision).reason, "ExperimentFailed");
}

TEST(Decide, SucceedsWhenTheNumberOfTrialsIsReachedWhateverTheirOutcome) {
  const Experiment experiment = AnExperiment().Max(1).Counts({.created = 1, .running = 1}).Build();

  const Decision decision = DecideAt(experiment, {ATrial(1).Failed().Build()});

  EXPECT_EQ(Last(decision).type, ConditionType::kSucceeded);
  EXPECT_EQ(Last(decision).reason, "ExperimentMaxTrialsReached");
}

TEST(Decide, EndsWithTheSpaceOnlyWhenNothingRunsAnyMore) {
  const Experiment experiment =
      AnExperiment().Counts({.created = 2, .running = 1, .succeeded = 1}).Build();
  const std::vector<TrialView> running = {ATrial(2).Running().Build()};
  const std::vector<TrialView> ended = {ATrial(2).Succeeded("0.5").Build()};

  const Decision early =
      Decide({.experiment = experiment, .active = running, .space_ended = true, .now = At(10)});
  const Decision late =
      Decide({.experiment = experiment, .active = ended, .space_ended = true, .now = At(10)});

  EXPECT_FALSE(early.status.IsCompleted());
  EXPECT_EQ(early.create, 0U);
  EXPECT_EQ(Last(late).type, ConditionType::kSucceeded);
  EXPECT_EQ(Last(late).reason, "ExperimentSuggestionEndReached");
}

TEST(Decide, FailsWithTheWordsOfTheSuggester) {
  const Experiment experiment = AnExperiment().Build();

  const Decision decision =
      Decide({.experiment = experiment, .suggestion_failure = "no such algorithm", .now = At(10)});

  EXPECT_EQ(Last(decision).type, ConditionType::kFailed);
  EXPECT_EQ(Last(decision).message, "suggestion has failed: no such algorithm");
}

TEST(Decide, RunsAFailedAttemptAgainUpToBackoffLimitWithGrowingDelay) {
  const Experiment experiment = AnExperiment().Counts({.created = 1, .running = 1}).Build();
  const TrialLimits limits{.backoff_limit = 2};

  const Decision first = DecideAt(experiment, {ATrial(1).Failed().Build()}, RunMode::kRun, limits);
  const Decision second =
      DecideAt(experiment, {ATrial(1).Failed().Attempt(2, 1).Build()}, RunMode::kRun, limits);
  const Decision third =
      DecideAt(experiment, {ATrial(1).Failed().Attempt(3, 2).Build()}, RunMode::kRun, limits);

  EXPECT_EQ(first.updated[0].state, TrialState::kCreated);
  EXPECT_EQ(first.updated[0].attempt, 2);
  EXPECT_EQ(first.updated[0].not_before, At(11));
  EXPECT_EQ(second.updated[0].not_before, At(12));
  EXPECT_EQ(third.updated[0].state, TrialState::kFailed);
  EXPECT_EQ(third.updated[0].failures, 3);
}

TEST(Decide, WaitsOutTheDelayOfARetryAndThenStartsIt) {
  const Experiment experiment = AnExperiment().Max(1).Counts({.created = 1, .pending = 1}).Build();

  const Decision early = DecideAt(experiment, {ATrial(1).Attempt(2, 1).NotBefore(At(12)).Build()});
  const Decision due = DecideAt(experiment, {ATrial(1).Attempt(2, 1).NotBefore(At(10)).Build()});

  EXPECT_TRUE(early.updated.empty());
  EXPECT_EQ(early.wake_at, At(12));
  ASSERT_EQ(due.updated.size(), 1U);
  EXPECT_EQ(due.updated[0].state, TrialState::kRunning);
}

TEST(Decide, RunsACutOffAttemptAgainAsTheNextOneWithoutCountingAFailure) {
  const Experiment experiment = AnExperiment().Counts({.created = 1, .running = 1}).Build();

  const Decision decision = DecideAt(experiment, {ATrial(1).Vanished().Build()});

  ASSERT_EQ(decision.updated.size(), 1U);
  EXPECT_EQ(decision.updated[0].state, TrialState::kCreated);
  EXPECT_EQ(decision.updated[0].attempt, 2);
  EXPECT_EQ(decision.updated[0].failures, 0);
  EXPECT_EQ(decision.updated[0].interruptions, 1);
  EXPECT_EQ(decision.create, 1U);
}

TEST(Decide, GivesUpATrialThatIsCutOffAgainAndAgain) {
  const Experiment experiment = AnExperiment().Counts({.created = 1, .running = 1}).Build();

  const Decision decision =
      DecideAt(experiment, {ATrial(1).Vanished().CutOff(kInterruptionsMax).Build()});

  EXPECT_EQ(decision.updated[0].state, TrialState::kFailed);
  EXPECT_EQ(decision.updated[0].reason, "InterruptedTooOften");
}

TEST(Decide, DrainingStartsNothingAndLetsRunningTrialsFinish) {
  const Experiment experiment =
      AnExperiment().Counts({.created = 2, .pending = 1, .running = 1}).Build();

  const Decision decision =
      DecideAt(experiment, {ATrial(1).Running().Build(), ATrial(2).Build()}, RunMode::kDrain);

  EXPECT_TRUE(decision.stop.empty());
  EXPECT_TRUE(decision.updated.empty());
  EXPECT_EQ(decision.create, 0U);
}

TEST(Decide, StoppingEndsRunningTrialsSoThatTheyRunAgainLater) {
  const Experiment experiment = AnExperiment().Counts({.created = 2, .running = 2}).Build();

  const Decision decision = DecideAt(
      experiment, {ATrial(1).Running().Build(), ATrial(2).Stopped().Build()}, RunMode::kStop);

  ASSERT_EQ(decision.stop.size(), 2U);
  EXPECT_EQ(decision.stop[1].grace, milliseconds(30000));
  EXPECT_EQ(decision.updated[0].state, TrialState::kCreated);
  EXPECT_EQ(decision.updated[0].reason, "Interrupted");
}

TEST(Decide, StoppingNowGivesNoGrace) {
  const Experiment experiment = AnExperiment().Counts({.created = 1, .running = 1}).Build();

  const Decision decision = DecideAt(experiment, {ATrial(1).Running().Build()}, RunMode::kStopNow);

  ASSERT_EQ(decision.stop.size(), 1U);
  EXPECT_EQ(decision.stop[0].grace, milliseconds(0));
}

TEST(Decide, KeepsTheResultOfATrialThatSucceededBeforeItWasStopped) {
  const Experiment experiment = AnExperiment().Counts({.created = 1, .running = 1}).Build();

  const Decision decision =
      DecideAt(experiment, {ATrial(1).Succeeded("0.7").Build()}, RunMode::kStop);

  EXPECT_EQ(decision.updated[0].state, TrialState::kSucceeded);
  EXPECT_EQ(decision.status.optimal->value, 0.7);
}

TEST(Decide, SuspendsAndResumesAsTheSpecSays) {
  const Experiment running =
      AnExperiment().With(ConditionType::kRunning, "ExperimentRunning").Suspended().Build();
  const Experiment resumed =
      AnExperiment().With(ConditionType::kSuspended, "ExperimentSuspended").Build();

  const Decision suspend = DecideAt(running, {});
  const Decision resume = DecideAt(resumed, {});

  EXPECT_TRUE(suspend.status.Is(ConditionType::kSuspended));
  EXPECT_FALSE(suspend.status.Is(ConditionType::kRunning));
  EXPECT_EQ(suspend.create, 0U);
  EXPECT_FALSE(resume.status.Is(ConditionType::kSuspended));
  EXPECT_EQ(resume.create, 2U);
}

TEST(Decide, LoweringParallelTrialCountEndsNoTrial) {
  const Experiment experiment =
      AnExperiment().Parallel(1).Counts({.created = 5, .running = 2, .succeeded = 3}).Build();

  const Decision decision =
      DecideAt(experiment, {ATrial(4).Running().Build(), ATrial(5).Running().Build()});

  EXPECT_TRUE(decision.stop.empty());
  EXPECT_TRUE(decision.updated.empty());
  EXPECT_EQ(decision.create, 0U);
}

TEST(Decide, ChangesNothingWhenRepeatedOnItsOwnResult) {
  Experiment experiment = AnExperiment().Counts({.created = 2, .running = 2}).Build();
  const std::vector<TrialView> active = {ATrial(1).Running().Build(), ATrial(2).Running().Build()};
  experiment.status = DecideAt(experiment, active).status;

  const Decision again = DecideAt(experiment, active);

  EXPECT_EQ(again.status, experiment.status);
  EXPECT_FALSE(again.status_changed_state);
  EXPECT_TRUE(again.updated.empty());
  EXPECT_EQ(again.create, 0U);
}

}  // namespace
}  // namespace hone::controller
