// ExperimentSpec: what is wanted of an experiment, field for field as in Katib; what Hone adds is
// marked [hone]. What a user wrote may be wrong, and controller/admission says how. A plain value:
// any thread may hold its own copy.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "proto/model/algorithm_spec.h"
#include "proto/model/metrics_collector_spec.h"
#include "proto/model/nas_config.h"
#include "proto/model/objective.h"
#include "proto/model/parameter_spec.h"
#include "proto/model/trial_template.h"

namespace hone {

enum class ResumePolicy { kUnset, kNever, kLongRunning, kFromVolume };

struct ExperimentSpec {
  std::vector<ParameterSpec> parameters;
  std::optional<Objective> objective;
  std::optional<AlgorithmSpec> algorithm;
  std::optional<AlgorithmSpec> early_stopping;
  std::optional<std::int32_t> parallel_trial_count;
  std::optional<std::int32_t> max_trial_count;
  std::optional<std::int32_t> max_failed_trial_count;
  /// [hone] The experiment ends when its trials have run for so long; see status.running_time.
  std::optional<std::int32_t> max_duration_seconds;
  ResumePolicy resume_policy = ResumePolicy::kUnset;
  std::optional<MetricsCollectorSpec> metrics_collector;
  std::optional<NasConfig> nas_config;
  std::optional<TrialTemplate> trial_template;
  /// [hone] Wanted: no trial runs. `hone stop` sets it, `hone resume` clears it.
  bool suspend = false;
  bool operator==(const ExperimentSpec&) const = default;
};

std::string_view ToText(ResumePolicy value);

}  // namespace hone
