// Changing a stored experiment: its budget and whether it is suspended, nothing else.
#include <string>

#include "controller/admission/admission.h"
#include "controller/admission/checks.h"
#include "proto/convert/manifest.h"
#include "proto/model/experiment.h"

namespace hone::controller {
namespace {

using Type = FieldError::Type;

bool HasSameBudget(const ExperimentSpec& a, const ExperimentSpec& b) {
  return a.parallel_trial_count == b.parallel_trial_count &&
         a.max_trial_count == b.max_trial_count &&
         a.max_failed_trial_count == b.max_failed_trial_count &&
         a.max_duration_seconds == b.max_duration_seconds;
}

void CheckLeavesRoom(const Experiment& before, const ExperimentSpec& after, FieldErrors& errors) {
  const std::int64_t created = before.status.counts.created;
  if (after.max_trial_count != before.spec.max_trial_count && after.max_trial_count &&
      *after.max_trial_count <= created) {
    errors.push_back({Type::kInvalid,
                      "spec.maxTrialCount",
                      std::to_string(*after.max_trial_count),
                      "must be greater than the number of trials created so far (" +
                          std::to_string(created) + ")"});
  }
  const Duration used = before.status.running_time;
  if (used > Duration(0) && after.max_duration_seconds != before.spec.max_duration_seconds &&
      after.max_duration_seconds && std::chrono::seconds(*after.max_duration_seconds) <= used) {
    errors.push_back(
        {Type::kInvalid,
         "spec.maxDurationSeconds",
         std::to_string(*after.max_duration_seconds),
         "must be greater than the time that trials have run so far (" +
             std::to_string(std::chrono::duration_cast<std::chrono::seconds>(used).count()) +
             " s)"});
  }
}

// The top-level fields in which two specs differ: "objective, parameters".
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
  allowed.max_duration_seconds = after.spec.max_duration_seconds;
  allowed.suspend = after.spec.suspend;
  if (allowed != after.spec) {
    errors.push_back({Type::kForbidden,
                      "spec",
                      Differences(allowed, after.spec),
                      "only parallelTrialCount, maxTrialCount, maxFailedTrialCount, "
                      "maxDurationSeconds and suspend may change"});
  }
  // Only suspend has changed: the checks of a larger budget do not apply.
  if (allowed == after.spec && HasSameBudget(before.spec, after.spec)) {
    return errors;
  }
  if (before.status.IsCompleted() && before.spec.resume_policy == ResumePolicy::kNever) {
    errors.push_back({Type::kInvalid,
                      "spec.resumePolicy",
                      std::string(ToText(before.spec.resume_policy)),
                      "an experiment that has ended goes on only if its policy is LongRunning or "
                      "FromVolume"});
  }
  CheckLeavesRoom(before, after.spec, errors);
  return errors;
}

}  // namespace hone::controller
