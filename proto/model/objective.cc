#include "proto/model/objective.h"

namespace hone {

MetricStrategy Objective::StrategyOf(const std::string& metric) const {
  for (const NamedStrategy& entry : metric_strategies) {
    if (entry.name == metric) {
      return entry.strategy;
    }
  }
  return MetricStrategy::kLatest;
}

std::vector<std::string> Objective::MetricNames() const {
  std::vector<std::string> names{metric_name};
  names.insert(names.end(), additional_metric_names.begin(), additional_metric_names.end());
  return names;
}

}  // namespace hone
