// The limits of a trial's attempts: deadlines, retries, interruptions and failed starts.
#include <gtest/gtest.h>

#include "controller/decide/decide.h"
#include "tests/support/builders.h"

namespace hone::controller {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TrialLimits kFiveSeconds{.active_deadline_seconds = 5, .grace = milliseconds(2000)};

/// One trial of an experiment that runs two at a time.
Decision DecideOn(const ATrial& trial, TrialLimits limits = {}, RunMode mode = RunMode::kRun) {
  static const Experiment experiment = AnExperiment().Counts({.created = 1, .running = 1}).Build();
  return Decide({.experiment = experiment,
                 .active = {trial.Build()},
                 .limits = limits,
                 .mode = mode,
                 .now = At(10)});
}

TEST(Deadline, StopsATrialWhenItIsReached) {
  const Decision decision = DecideOn(ATrial(1).Running(), kFiveSeconds);

  ASSERT_EQ(decision.stop.size(), 1U);
  EXPECT_EQ(decision.stop[0].grace, milliseconds(2000));
}

TEST(Deadline, FailsTheTrialThatItStoppedAndKeepsItsMetrics) {
  const Decision decision = DecideOn(ATrial(1).Stopped(At(6)).Said("0.3"), kFiveSeconds);

  const Trial& trial = decision.updated.at(0);
  EXPECT_EQ(trial.state, TrialState::kFailed);
  EXPECT_EQ(trial.reason, kDeadlineExceeded);
  EXPECT_EQ(trial.message, "ran longer than activeDeadlineSeconds (5)");
  EXPECT_EQ(trial.metrics.at(0).latest, "0.3");
  EXPECT_EQ(trial.run_time, seconds(6));
}

TEST(Deadline, HoldsForAllAttemptsTogether) {
  TrialLimits limits = kFiveSeconds;
  limits.backoff_limit = 3;

  const Decision again = DecideOn(ATrial(1).Failed(At(2)).HasRun(seconds(2)), limits);
  const Decision late = DecideOn(ATrial(1).Failed(At(2)).HasRun(seconds(3)), limits);

  EXPECT_EQ(again.updated.at(0).state, TrialState::kCreated);
  EXPECT_EQ(again.updated.at(0).run_time, seconds(4));
  EXPECT_EQ(late.updated.at(0).reason, kDeadlineExceeded);
}

TEST(Deadline, WakesThePassThatWillStopTheTrial) {
  const TrialLimits limits{.active_deadline_seconds = 60};

  const Decision first = DecideOn(ATrial(1).Running(), limits);
  const Decision later = DecideOn(ATrial(1).Running().HasRun(seconds(15)), limits);

  EXPECT_TRUE(first.stop.empty());
  EXPECT_EQ(first.wake_at, At(60));
  EXPECT_EQ(later.wake_at, At(45));
}

TEST(Deadline, RestsWhileATrialWaits) {
  ATrial waiting = ATrial(1).Running();
  TrialView view = waiting.Build();
  view.workload = {.phase = WorkloadState::Phase::kWaiting, .reason = "WaitingForGpu"};
  const Experiment experiment = AnExperiment().Counts({.created = 1, .running = 1}).Build();

  const Decision decision =
      Decide({.experiment = experiment, .active = {view}, .limits = kFiveSeconds, .now = At(1000)});

  EXPECT_TRUE(decision.stop.empty());
  EXPECT_TRUE(decision.updated.empty());
}

TEST(Interruption, OnRequestCountsForNothingButItsTime) {
  for (const RunMode mode : {RunMode::kStop, RunMode::kRun}) {
    const Decision decision = DecideOn(ATrial(1).Stopped(At(4)), kFiveSeconds, mode);

    const Trial& trial = decision.updated.at(0);
    EXPECT_EQ(trial.state, TrialState::kCreated);
    EXPECT_EQ(trial.attempt, 2);
    EXPECT_EQ(trial.failures + trial.interruptions + trial.start_failures, 0);
    EXPECT_EQ(trial.run_time, seconds(4));
  }
}

TEST(StartFailure, IsTriedAgainAfterAGrowingDelayAndKeepsItsReason) {
  const std::string full = "copying checkpoint: No space left on device";

  const Decision first = DecideOn(ATrial(1).NotStarted(full));
  const Decision fourth = DecideOn(ATrial(1).NotStarted(full).StartFailures(3));

  EXPECT_EQ(first.updated.at(0).state, TrialState::kCreated);
  EXPECT_EQ(first.updated.at(0).reason, "StartFailed");
  EXPECT_EQ(first.updated.at(0).message, full);
  EXPECT_EQ(first.updated.at(0).not_before, At(11));
  EXPECT_EQ(first.updated.at(0).start_failures, 1);
  EXPECT_EQ(first.updated.at(0).interruptions, 0);
  EXPECT_EQ(fourth.updated.at(0).not_before, At(18));
}

TEST(StartFailure, FailsTheTrialInItsOwnWordsWhenItStays) {
  const Decision decision =
      DecideOn(ATrial(1).NotStarted("No space left on device").StartFailures(kStartFailuresMax));

  EXPECT_EQ(decision.updated.at(0).state, TrialState::kFailed);
  EXPECT_EQ(decision.updated.at(0).reason, "StartFailed");
  EXPECT_EQ(decision.updated.at(0).message, "No space left on device (tried 9 times)");
}

TEST(StartFailure, IsForgottenByTheRunner) {
  const Decision decision = DecideOn(ATrial(1).NotStarted("No space left on device"));

  ASSERT_EQ(decision.stop.size(), 1U);
  EXPECT_EQ(decision.stop[0].id.attempt, 1);
}

TEST(Retry, OnRequestBeginsAnewButForTheNumberOfAttempts) {
  Trial failed =
      ATrial(1).Attempt(3, 2).CutOff(1).StartFailures(4).HasRun(seconds(9)).Build().trial;
  failed.state = TrialState::kFailed;
  failed.started = failed.completed = failed.not_before = At(7);
  failed.metrics = {{.name = "accuracy"}};
  Trial silent = failed;
  silent.state = TrialState::kMetricsUnavailable;
  TrialCounts counts{.created = 2, .failed = 1, .metrics_unavailable = 1};

  RunAgainOnRequest(failed, counts);
  RunAgainOnRequest(silent, counts);

  const Trial expected{.experiment = failed.experiment,
                       .ordinal = 1,
                       .state = TrialState::kCreated,
                       .attempt = 4,
                       .reason = "RetryRequested",
                       .message = "is run again on request",
                       .version = failed.version};
  EXPECT_EQ(failed, expected);
  EXPECT_EQ(silent, expected);
  EXPECT_EQ(counts, (TrialCounts{.created = 2, .pending = 2}));
}

}  // namespace
}  // namespace hone::controller
