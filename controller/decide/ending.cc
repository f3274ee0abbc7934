#include "controller/decide/ending.h"

#include <algorithm>

#include "proto/model/experiment.h"

namespace hone::controller {
namespace {

bool HasReachedGoal(const ExperimentSpec& spec, const ExperimentStatus& status) {
  if (!spec.objective->goal || !status.optimal) {
    return false;
  }
  const double value = status.optimal->value;
  const double goal = *spec.objective->goal;
  return value == goal || IsBetter(spec.objective->type, value, goal);
}

bool HasTooManyFailures(const ExperimentSpec& spec, const TrialCounts& counts) {
  return spec.max_failed_trial_count && counts.Failures() > 0 &&
         counts.Failures() >= *spec.max_failed_trial_count;
}

/// No trial has succeeded, and all that have ended failed alike.
bool NothingCanRun(const ExperimentSpec& spec,
                   const TrialCounts& counts,
                   const AlikeFailures& alike) {
  const std::int64_t slots = spec.parallel_trial_count.value_or(1);
  return !spec.max_failed_trial_count && counts.succeeded + counts.early_stopped == 0 &&
         alike.count() >= std::max(kAlikeFailuresMax, slots);
}

std::string NothingCanRunText(const std::string& name, const AlikeFailures& alike) {
  return std::to_string(alike.count()) +
         " trials failed alike and none succeeded: " + alike.message() +
         "; when that is mended, `hone resume " + name +
         " --retry-failed` goes on; set maxFailedTrialCount (--max-failed) if so many may fail";
}

}  // namespace

// The order is Katib's: goal, failures, budget; then the end of the space.
std::optional<Ending> FindEnding(const ExperimentView& view,
                                 const ExperimentStatus& status,
                                 const AlikeFailures& alike) {
  const ExperimentSpec& spec = view.experiment.spec;
  const TrialCounts& counts = status.counts;
  const std::string failed = "ExperimentFailed";
  if (HasReachedGoal(spec, status)) {
    return Ending{true, "ExperimentGoalReached", "the objective has reached its goal"};
  }
  if (HasTooManyFailures(spec, counts)) {
    return Ending{false, failed, std::to_string(counts.Failures()) + " trials have failed"};
  }
  if (NothingCanRun(spec, counts, alike)) {
    return Ending{false, failed, NothingCanRunText(view.experiment.key.name, alike)};
  }
  if (spec.max_trial_count && counts.Completed() >= *spec.max_trial_count) {
    return Ending{true, "ExperimentMaxTrialsReached", "the number of trials has been reached"};
  }
  if (spec.max_duration_seconds &&
      view.running_time >= std::chrono::seconds(*spec.max_duration_seconds)) {
    return Ending{true, "ExperimentMaxDurationReached", "the time for its trials has been used"};
  }
  if (view.suggestion_failure) {
    return Ending{false, failed, "suggestion has failed: " + *view.suggestion_failure};
  }
  if (view.space_ended && counts.Active() == 0) {
    return Ending{
        true, "ExperimentSuggestionEndReached", "every point of the space has been tried"};
  }
  return std::nullopt;
}

Time ResumedAt(const Experiment& experiment) {
  const auto resumed = experiment.annotations.find(kResumedAnnotation);
  return resumed == experiment.annotations.end() ? Time()
                                                 : ParseTime(resumed->second).value_or(Time());
}

bool IsToGoOn(const Experiment& experiment) {
  const ExperimentStatus& status = experiment.status;
  if (!status.IsCompleted()) {
    return false;
  }
  if (ResumedAt(experiment) > status.completion_time) {
    return true;
  }
  const Condition* const succeeded = status.Find(ConditionType::kSucceeded);
  const std::optional<std::int32_t>& max = experiment.spec.max_trial_count;
  return succeeded != nullptr && succeeded->reason == "ExperimentMaxTrialsReached" && max &&
         *max > status.counts.created;
}

bool WantsControl(const Experiment& experiment) {
  const bool has_ended = experiment.status.IsCompleted() && !IsToGoOn(experiment);
  return !experiment.IsStudy() && !has_ended &&
         (!experiment.spec.suspend || experiment.status.counts.running > 0);
}

}  // namespace hone::controller
