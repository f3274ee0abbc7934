// ExperimentSpec: the user's specification of an experiment, field for field as in Katib; Hone's
// own fields are marked [hone]. It may be wrong; controller/admission finds the faults. A plain
// value: any thread may hold its own copy.
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
  /// [hone] The experiment ends when its trials have run for this long; see status.running_time.
  std::optional<std::int32_t> max_duration_seconds;
  ResumePolicy resume_policy = ResumePolicy::kUnset;
  std::optional<MetricsCollectorSpec> metrics_collector;
  std::optional<NasConfig> nas_config;
  std::optional<TrialTemplate> trial_template;
  /// [hone] If true, no trial may run. `hone stop` sets it, `hone resume` clears it.
  bool suspend = false;
  bool operator==(const ExperimentSpec&) const = default;
};

std::string_view ToText(ResumePolicy value);

}  // namespace hone
