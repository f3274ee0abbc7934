// How an experiment ends, and how it is resumed.
#include "controller/decide/ending.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/builders.h"

namespace hone::controller {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

const Condition& Last(const Decision& decision) {
  return decision.status.conditions.back();
}

/// `count` failed trials, whose messages are `messages` in turn.
AlikeFailures Failures(int count, const std::vector<std::string>& messages) {
  AlikeFailures failures;
  for (int i = 0; i < count; ++i) {
    Trial trial{.state = TrialState::kFailed, .reason = "Error"};
    trial.message = messages[static_cast<std::size_t>(i) % messages.size()];
    failures.Add(trial);
  }
  return failures;
}

/// The third trial of an experiment of two slots fails with "exited with code 1".
Decision ThirdFailure(const AnExperiment& experiment, const AlikeFailures& before) {
  const Experiment built = experiment.Build();
  return Decide({.experiment = built,
                 .active = {ATrial(3).Failed().Build()},
                 .alike_failures = before,
                 .now = At(10)});
}

AnExperiment TwoFailed() {
  return AnExperiment().Counts({.created = 3, .running = 1, .failed = 2});
}

TEST(NothingCanRun, EndsTheExperimentWhenTheFirstTrialsFailAlike) {
  const Decision decision = ThirdFailure(TwoFailed(), Failures(2, {"exited with code 1"}));

  EXPECT_EQ(Last(decision).type, ConditionType::kFailed);
  EXPECT_EQ(Last(decision).reason, "ExperimentFailed");
  EXPECT_THAT(Last(decision).message,
              HasSubstr("3 trials failed alike and none succeeded: exited with code 1;"));
  EXPECT_THAT(Last(decision).message, HasSubstr("hone resume tune --retry-failed"));
  EXPECT_EQ(decision.create, 0U);
}

TEST(NothingCanRun, IsNotSaidOfFailuresThatDiffer) {
  EXPECT_FALSE(
      ThirdFailure(TwoFailed(), Failures(2, {"exited with code 1", "was killed by signal 9"}))
          .status.IsCompleted());
}

TEST(NothingCanRun, IsNotSaidWhereATrialHasSucceeded) {
  EXPECT_FALSE(
      ThirdFailure(AnExperiment().Counts({.created = 4, .running = 1, .succeeded = 1, .failed = 2}),
                   Failures(2, {"exited with code 1"}))
          .status.IsCompleted());
}

TEST(NothingCanRun, IsNotSaidWhereMaxFailedTrialCountIsSet) {
  EXPECT_FALSE(ThirdFailure(TwoFailed().MaxFailed(5), Failures(2, {"exited with code 1"}))
                   .status.IsCompleted());
}

TEST(NothingCanRun, WaitsForOneTrialASlot) {
  EXPECT_FALSE(ThirdFailure(TwoFailed().Parallel(4), Failures(2, {"exited with code 1"}))
                   .status.IsCompleted());
}

TEST(AlikeFailures, LeaveOpenTheNumbersThatProgramsPrint) {
  EXPECT_EQ(Failures(3, {"unknown: --lr=0.0123", "unknown: --lr=1e-05", "unknown: --lr=7"}).count(),
            3);
  EXPECT_EQ(Failures(3, {"no log of x=-0.3", "no log of x=0.5", "no log of x=-1e-3"}).count(), 3);
  EXPECT_EQ(Failures(2, {"no module a", "no module b"}).count(), 0);
}

TEST(AlikeFailures, TellANumberFromTheWordsAroundIt) {
  EXPECT_EQ(LeaveNumbersOpen("-3 at 0x7f3a: (-1e-05, 2.5E-7) -9"), "# at #: (#, #) #");
  EXPECT_EQ(LeaveNumbersOpen("tune-12: range 3-4, --lr - x"), "tune-#: range #-#, --lr - x");
}

TEST(AlikeFailures, AreNoneWhereAPointHasNoMetricOrTakesTooLong) {
  AlikeFailures silent = Failures(3, {"exited with code 1"});
  AlikeFailures late = silent;

  silent.Add({.state = TrialState::kMetricsUnavailable, .reason = "MetricsUnavailable"});
  late.Add({.state = TrialState::kFailed, .reason = kDeadlineExceeded});

  EXPECT_EQ(silent.count(), 0);
  EXPECT_EQ(late.count(), 0);
}

TEST(MaxDuration, EndsTheExperimentAndStopsItsTrials) {
  const Experiment experiment =
      AnExperiment().MaxSeconds(60).Counts({.created = 1, .running = 1}).Build();
  ExperimentView view{.experiment = experiment,
                      .active = {ATrial(1).Running().Build()},
                      .running_time = seconds(59),
                      .now = At(10)};
  const Decision before = Decide(view);
  view.running_time = seconds(60);
  const Decision reached = Decide(view);

  EXPECT_FALSE(before.status.IsCompleted());
  EXPECT_EQ(before.wake_at, At(11));
  EXPECT_EQ(Last(reached).type, ConditionType::kSucceeded);
  EXPECT_EQ(Last(reached).reason, "ExperimentMaxDurationReached");
  EXPECT_EQ(reached.stop.size(), 1U);
  EXPECT_EQ(reached.create, 0U);
}

TEST(GoingOn, RestartsAnExperimentThatUsedUpItsTrialsWhenMoreAreAllowed) {
  const Experiment experiment = AnExperiment()
                                    .Max(6)
                                    .With(ConditionType::kSucceeded, "ExperimentMaxTrialsReached")
                                    .Counts({.created = 4, .succeeded = 4})
                                    .Build();

  const Decision decision = Decide({.experiment = experiment, .now = At(10)});

  EXPECT_FALSE(decision.status.IsCompleted());
  EXPECT_TRUE(decision.status.Is(ConditionType::kRestarting));
  EXPECT_EQ(Last(decision).reason, "ExperimentRunning");
  EXPECT_EQ(decision.create, 2U);
}

TEST(GoingOn, RestartsAFailedExperimentOncePerRequest) {
  Experiment experiment = AnExperiment()
                              .With(ConditionType::kFailed, "ExperimentFailed")
                              .Counts({.created = 1, .succeeded = 1})
                              .Resumed(At(5))
                              .Build();
  experiment.status.completion_time = At(4);
  const Decision wanted = Decide({.experiment = experiment, .now = At(10)});
  experiment.status.completion_time = At(6);
  const Decision answered = Decide({.experiment = experiment, .now = At(10)});

  EXPECT_FALSE(wanted.status.IsCompleted());
  EXPECT_EQ(wanted.create, 2U);
  EXPECT_TRUE(answered.status.Is(ConditionType::kFailed));
  EXPECT_EQ(answered.create, 0U);
}

TEST(GoingOn, AnswersAWishAlsoWhenTheClockIsSetBack) {
  const Experiment experiment =
      AnExperiment().Max(1).Resumed(At(50)).Counts({.created = 1, .running = 1}).Build();

  const Decision decision = Decide(
      {.experiment = experiment, .active = {ATrial(1).Succeeded("0.5").Build()}, .now = At(10)});

  EXPECT_EQ(decision.status.completion_time, At(50));
}

}  // namespace
}  // namespace hone::controller
