#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/admission/admission.h"
#include "proto/model/experiment.h"

namespace hone::controller {
namespace {

using testing::IsEmpty;
using Type = FieldError::Type;

// A running experiment that has created 4 of its 10 trials.
Experiment Running() {
  Experiment experiment;
  experiment.key.name = "digits";
  experiment.spec.parallel_trial_count = 2;
  experiment.spec.max_trial_count = 10;
  experiment.spec.max_failed_trial_count = 3;
  experiment.spec.resume_policy = ResumePolicy::kNever;
  experiment.status.counts.created = 4;
  return experiment;
}

Experiment SucceededBy(const char* reason, ResumePolicy policy) {
  Experiment experiment = Running();
  experiment.spec.resume_policy = policy;
  experiment.status.counts.created = 10;
  Condition condition;
  condition.type = ConditionType::kSucceeded;
  condition.reason = reason;
  experiment.status.SetCondition(condition);
  return experiment;
}

Experiment WithMaxTrials(Experiment experiment, std::int32_t count) {
  experiment.spec.max_trial_count = count;
  return experiment;
}

MATCHER_P2(IsFault, type, field, "") {
  return arg.type == type && arg.field == field;
}

template <typename... Faults>
auto Only(Faults... faults) {
  return testing::ElementsAre(faults...);
}

TEST(Update, MayChangeNothing) {
  EXPECT_THAT(ValidateUpdate(Running(), Running()), IsEmpty());
}

TEST(Update, MayChangeTheBudgetAndSuspend) {
  Experiment after = Running();
  after.spec.parallel_trial_count = 5;
  after.spec.max_trial_count = 20;
  after.spec.max_failed_trial_count = std::nullopt;
  after.spec.max_duration_seconds = 60;
  after.spec.suspend = true;

  EXPECT_THAT(ValidateUpdate(Running(), after), IsEmpty());
}

TEST(Update, MayTakeTheBoundAway) {
  Experiment after = Running();
  after.spec.max_trial_count = std::nullopt;

  EXPECT_THAT(ValidateUpdate(Running(), after), IsEmpty());
}

TEST(Update, RefusesOtherChangesAndNamesTheirFields) {
  Experiment after = Running();
  after.spec.parameters.resize(1);
  after.spec.algorithm.emplace().name = "grid";

  const FieldErrors errors = ValidateUpdate(Running(), after);

  ASSERT_THAT(errors, Only(IsFault(Type::kForbidden, "spec")));
  EXPECT_EQ(errors[0].found, "algorithm, parameters");
}

TEST(Update, ChecksTheCountsAsACreationDoes) {
  Experiment after = Running();
  after.spec.parallel_trial_count = 0;
  after.spec.max_failed_trial_count = 11;
  after.spec.max_duration_seconds = 0;

  EXPECT_THAT(ValidateUpdate(Running(), after),
              Only(IsFault(Type::kInvalid, "spec.parallelTrialCount"),
                   IsFault(Type::kInvalid, "spec.maxDurationSeconds"),
                   IsFault(Type::kInvalid, "spec.maxFailedTrialCount")));
}

TEST(Update, LeavesRoomForMoreTrialsThanWereCreated) {
  EXPECT_THAT(ValidateUpdate(Running(), WithMaxTrials(Running(), 4)),
              Only(IsFault(Type::kInvalid, "spec.maxTrialCount")));
  EXPECT_THAT(ValidateUpdate(Running(), WithMaxTrials(Running(), 5)), IsEmpty());
}

TEST(Update, LeavesTheRoomAloneThatItDoesNotChange) {
  Experiment before = WithMaxTrials(Running(), 4);
  Experiment after = before;
  after.spec.parallel_trial_count = 3;

  EXPECT_THAT(ValidateUpdate(before, after), IsEmpty());
}

TEST(Update, LeavesMoreTimeThanWasUsed) {
  Experiment before = Running();
  before.status.running_time = std::chrono::seconds(60);
  Experiment after = before;

  after.spec.max_duration_seconds = 60;
  EXPECT_THAT(ValidateUpdate(before, after),
              Only(IsFault(Type::kInvalid, "spec.maxDurationSeconds")));
  after.spec.max_duration_seconds = 61;
  EXPECT_THAT(ValidateUpdate(before, after), IsEmpty());
}

TEST(Update, RaisesTheBudgetOfAnExperimentThatUsedItUp) {
  for (const ResumePolicy policy : {ResumePolicy::kLongRunning, ResumePolicy::kFromVolume}) {
    const Experiment before = SucceededBy("ExperimentMaxTrialsReached", policy);

    EXPECT_THAT(ValidateUpdate(before, WithMaxTrials(before, 20)), IsEmpty());
  }
}

TEST(Update, DoesNotRestartAnExperimentWhosePolicyIsNever) {
  const Experiment before = SucceededBy("ExperimentMaxTrialsReached", ResumePolicy::kNever);

  EXPECT_THAT(ValidateUpdate(before, WithMaxTrials(before, 20)),
              Only(IsFault(Type::kInvalid, "spec.resumePolicy")));
}

TEST(Update, RestartsAnExperimentThatFailed) {
  Experiment failed = SucceededBy("ExperimentFailed", ResumePolicy::kLongRunning);
  failed.status.conditions.front().type = ConditionType::kFailed;

  EXPECT_THAT(ValidateUpdate(failed, WithMaxTrials(failed, 20)), IsEmpty());
}

TEST(Update, SuspendsAnExperimentWhateverItsBudget) {
  const Experiment before = SucceededBy("ExperimentMaxTrialsReached", ResumePolicy::kNever);
  Experiment after = before;
  after.spec.suspend = true;

  EXPECT_THAT(ValidateUpdate(before, after), IsEmpty());
}

}  // namespace
}  // namespace hone::controller
