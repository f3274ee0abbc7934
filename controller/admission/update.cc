// Changing an experiment that is stored: its budget and whether it is suspended, nothing else.
#include <string>

#include "controller/admission/admission.h"
#include "controller/admission/checks.h"
#include "proto/convert/manifest.h"

namespace hone::controller {
namespace {

using Type = FieldError::Type;

bool HasSameCounts(const ExperimentSpec& a, const ExperimentSpec& b) {
  return a.parallel_trial_count == b.parallel_trial_count &&
         a.max_trial_count == b.max_trial_count &&
         a.max_failed_trial_count == b.max_failed_trial_count;
}

// A completed experiment goes on only if it ended because its budget was used up, and its policy
// kept what is needed to go on.
bool IsRestartable(const Experiment& experiment) {
  const Condition* succeeded = experiment.status.Find(ConditionType::kSucceeded);
  const ResumePolicy policy = experiment.spec.resume_policy;
  return succeeded != nullptr && succeeded->status &&
         succeeded->reason == "ExperimentMaxTrialsReached" &&
         (policy == ResumePolicy::kLongRunning || policy == ResumePolicy::kFromVolume);
}

// The fields of the first level in which two specs differ: "objective, parameters".
std::string Differences(const ExperimentSpec& before, const ExperimentSpec& after) {
  const proto::Json old_tree = proto::WriteSpec(before);
  const proto::Json new_tree = proto::WriteSpec(after);
  proto::Json all = old_tree;
  all.update(new_tree);
  std::string names;
  for (const auto& [key, value] : all.items()) {
    const auto a = old_tree.find(key);
    const auto b = new_tree.find(key);
    if (a == old_tree.end() || b == new_tree.end() || *a != *b) {
      names += (names.empty() ? "" : ", ") + key;
    }
  }
  return names;
}

}  // namespace

FieldErrors ValidateUpdate(const Experiment& before, const Experiment& after) {
  FieldErrors errors;
  CheckCounts(after.spec, errors);

  ExperimentSpec allowed = before.spec;
  allowed.parallel_trial_count = after.spec.parallel_trial_count;
  allowed.max_trial_count = after.spec.max_trial_count;
  allowed.max_failed_trial_count = after.spec.max_failed_trial_count;
  allowed.suspend = after.spec.suspend;
  if (allowed != after.spec) {
    errors.push_back({Type::kForbidden,
                      "spec",
                      Differences(allowed, after.spec),
                      "only parallelTrialCount, maxTrialCount, maxFailedTrialCount and suspend may "
                      "change"});
  }
  // Suspending touches no budget, so it needs no room for more trials.
  if (allowed == after.spec && HasSameCounts(before.spec, after.spec)) {
    return errors;
  }
  if (before.status.IsCompleted() && !IsRestartable(before)) {
    errors.push_back({Type::kInvalid,
                      "spec.resumePolicy",
                      std::string(ToText(before.spec.resume_policy)),
                      "a completed experiment goes on only if it succeeded by "
                      "ExperimentMaxTrialsReached and its policy is LongRunning or FromVolume"});
  }
  const std::int64_t created = before.status.counts.created;
  if (after.spec.max_trial_count && *after.spec.max_trial_count <= created) {
    errors.push_back({Type::kInvalid,
                      "spec.maxTrialCount",
                      std::to_string(*after.spec.max_trial_count),
                      "must be greater than the number of trials created so far (" +
                          std::to_string(created) + ")"});
  }
  return errors;
}

}  // namespace hone::controller
