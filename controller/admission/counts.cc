#include <string>

#include "controller/admission/checks.h"
#include "proto/model/experiment_spec.h"

namespace hone::controller {
namespace {

using Type = FieldError::Type;

void CheckAtLeast(std::int32_t least,
                  const std::optional<std::int32_t>& count,
                  const char* field,
                  FieldErrors& errors) {
  if (count && *count < least) {
    errors.push_back({Type::kInvalid,
                      field,
                      std::to_string(*count),
                      "must be at least " + std::to_string(least)});
  }
}

void CheckAtMostMax(const ExperimentSpec& spec,
                    const std::optional<std::int32_t>& count,
                    const char* field,
                    const char* note,
                    FieldErrors& errors) {
  if (count && spec.max_trial_count && *count > *spec.max_trial_count) {
    errors.push_back({Type::kInvalid,
                      field,
                      std::to_string(*count),
                      "must not be greater than maxTrialCount (" +
                          std::to_string(*spec.max_trial_count) + ")" + note});
  }
}

}  // namespace

void CheckCounts(const ExperimentSpec& spec, FieldErrors& errors) {
  CheckAtLeast(0, spec.max_failed_trial_count, "spec.maxFailedTrialCount", errors);
  CheckAtLeast(1, spec.max_trial_count, "spec.maxTrialCount", errors);
  CheckAtLeast(1, spec.parallel_trial_count, "spec.parallelTrialCount", errors);
  CheckAtLeast(1, spec.max_duration_seconds, "spec.maxDurationSeconds", errors);
  CheckAtMostMax(spec, spec.max_failed_trial_count, "spec.maxFailedTrialCount", "", errors);
  CheckAtMostMax(
      spec, spec.parallel_trial_count, "spec.parallelTrialCount", "; it is 3 if left out", errors);
}

}  // namespace hone::controller
