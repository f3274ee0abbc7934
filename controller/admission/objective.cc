#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "controller/admission/checks.h"
#include "proto/model/experiment_spec.h"
#include "proto/model/observation.h"

namespace hone::controller {
namespace {

using Type = FieldError::Type;

constexpr const char* kAdditional = "spec.objective.additionalMetricNames";

void CheckAdditionalMetrics(const Objective& objective, FieldErrors& errors) {
  std::set<std::string> seen;
  bool repeats_objective = false;
  for (std::size_t i = 0; i < objective.additional_metric_names.size(); ++i) {
    const std::string& name = objective.additional_metric_names[i];
    const std::string field = std::string(kAdditional) + "[" + std::to_string(i) + "]";
    if (name.empty()) {
      errors.push_back({Type::kInvalid, field, "", "must be the name of a metric"});
    } else if (name == objective.metric_name) {
      repeats_objective = true;
    } else if (!seen.insert(name).second) {
      errors.push_back({Type::kDuplicate, field, name, "is already listed"});
    }
  }
  if (repeats_objective) {
    errors.push_back({Type::kInvalid,
                      kAdditional,
                      objective.metric_name,
                      "must not contain objectiveMetricName"});
  }
}

void CheckStrategies(const Objective& objective, FieldErrors& errors) {
  const std::vector<std::string> metrics = objective.MetricNames();
  const std::set<std::string> known(metrics.begin(), metrics.end());
  std::set<std::string> seen;
  for (std::size_t i = 0; i < objective.metric_strategies.size(); ++i) {
    const auto& [name, strategy] = objective.metric_strategies[i];
    const std::string field = "spec.objective.metricStrategies[" + std::to_string(i) + "]";
    if (name.empty()) {
      errors.push_back({Type::kRequired, field + ".name", "", "give the name of a metric"});
    } else if (!known.contains(name)) {
      errors.push_back({Type::kInvalid,
                        field + ".name",
                        name,
                        "must be a metric of this objective" + Hint(name, metrics)});
    } else if (!seen.insert(name).second) {
      errors.push_back({Type::kDuplicate, field + ".name", name, "has a strategy already"});
    }
    if (strategy == MetricStrategy::kUnset) {
      errors.push_back({Type::kRequired, field + ".value", "", "must be min, max or latest"});
    }
  }
}

}  // namespace

void CheckObjective(const ExperimentSpec& spec, FieldErrors& errors) {
  if (!spec.objective) {
    errors.push_back({Type::kRequired, "spec.objective", "", "say which metric is to be tuned"});
    return;
  }
  const Objective& objective = *spec.objective;
  if (objective.type == ObjectiveType::kUnset) {
    errors.push_back({Type::kInvalid, "spec.objective.type", "", "must be minimize or maximize"});
  }
  if (objective.goal && !std::isfinite(*objective.goal)) {
    errors.push_back({Type::kInvalid,
                      "spec.objective.goal",
                      FormatNumber(*objective.goal),
                      "must be a finite number; leave it out if there is none"});
  }
  if (objective.metric_name.empty()) {
    errors.push_back({Type::kRequired,
                      "spec.objective.objectiveMetricName",
                      "",
                      "give the name of the metric that trials report"});
  }
  CheckAdditionalMetrics(objective, errors);
  CheckStrategies(objective, errors);
}

}  // namespace hone::controller
