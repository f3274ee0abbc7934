// The handling of trials that a stopping rule has judged hopeless.
#include <gtest/gtest.h>

#include "controller/decide/decide.h"
#include "tests/support/builders.h"

namespace hone::controller {
namespace {

using std::chrono::milliseconds;

Decision DecideOn(const Experiment& experiment,
                  const TrialView& trial,
                  RunMode mode = RunMode::kRun) {
  return Decide({.experiment = experiment, .active = {trial}, .mode = mode, .now = At(10)});
}

Experiment OneRunning() {
  return AnExperiment().Counts({.created = 1, .running = 1}).Build();
}

TEST(EarlyStop, IsAskedForWithinTheGracePeriod) {
  const Decision decision = DecideOn(OneRunning(), ATrial(1).Running().Hopeless(false).Build());

  EXPECT_TRUE(decision.updated.empty());
  ASSERT_EQ(decision.stop.size(), 1U);
  EXPECT_EQ(decision.stop[0].grace, milliseconds(30000));
}

TEST(EarlyStop, KeepsTheSlotUntilTheProcessIsGone) {
  const Decision decision =
      DecideOn(AnExperiment().Parallel(1).Build(), ATrial(1).Running().Hopeless(true).Build());

  EXPECT_TRUE(decision.updated.empty());
  EXPECT_EQ(decision.stop.size(), 1U);
}

TEST(EarlyStop, IsTheEndHoweverTheProcessEnds) {
  for (const TrialView& trial : {ATrial(1).Failed().Hopeless(true).Build(),
                                 ATrial(1).Succeeded("0.5").Hopeless(true).Build(),
                                 ATrial(1).Vanished().Hopeless(true).Build()}) {
    for (const RunMode mode : {RunMode::kRun, RunMode::kDrain, RunMode::kStop}) {
      const Decision decision = DecideOn(OneRunning(), trial, mode);

      ASSERT_EQ(decision.updated.size(), 1U);
      EXPECT_EQ(decision.updated[0].state, TrialState::kEarlyStopped);
      EXPECT_EQ(decision.updated[0].reason, "TrialEarlyStopped");
      EXPECT_EQ(decision.updated[0].message, "medianstop stopped it at step 4: too bad");
      EXPECT_EQ(decision.updated[0].metrics, trial.metrics);
      EXPECT_EQ(decision.updated[0].failures, 0);
      EXPECT_EQ(decision.status.counts.early_stopped, 1);
      EXPECT_EQ(decision.status.counts.running, 0);
    }
  }
}

TEST(EarlyStop, ComesTooLateForATrialThatHasEndedByItself) {
  const Decision succeeded =
      DecideOn(OneRunning(), ATrial(1).Succeeded("0.5").Hopeless(false).Build());
  const Decision failed = DecideOn(OneRunning(), ATrial(1).Failed().Hopeless(false).Build());

  EXPECT_EQ(succeeded.updated[0].state, TrialState::kSucceeded);
  EXPECT_EQ(failed.updated[0].state, TrialState::kFailed);
}

TEST(EarlyStop, IsNoFailure) {
  const Experiment experiment =
      AnExperiment().MaxFailed(1).Counts({.created = 1, .running = 1}).Build();

  const Decision decision = DecideOn(experiment, ATrial(1).Failed().Hopeless(true).Build());

  EXPECT_FALSE(decision.status.IsCompleted());
  EXPECT_EQ(decision.create, 2U);
}

TEST(EarlyStop, LeavesAValueThatMayBeTheBest) {
  const Experiment experiment =
      AnExperiment().Best(9, 0.4).Counts({.created = 1, .running = 1}).Build();

  const Decision decision = DecideOn(experiment, ATrial(1).Succeeded("0.5").Hopeless(true).Build());

  EXPECT_EQ(decision.status.optimal, (OptimalTrial{1, 0.5}));
}

TEST(EarlyStop, CountsTowardsTheNumberOfTrials) {
  const Experiment experiment = AnExperiment().Max(1).Counts({.created = 1, .running = 1}).Build();

  const Decision decision = DecideOn(experiment, ATrial(1).Failed().Hopeless(true).Build());

  EXPECT_EQ(decision.status.conditions.back().type, ConditionType::kSucceeded);
  EXPECT_EQ(decision.status.conditions.back().reason, "ExperimentMaxTrialsReached");
}

}  // namespace
}  // namespace hone::controller
