#include "proto/model/experiment.h"

#include <algorithm>

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

bool ExperimentStatus::SetCondition(Condition condition) {
  const auto same_type = [&](const Condition& other) {
    return other.type == condition.type;
  };
  const auto old = std::find_if(conditions.begin(), conditions.end(), same_type);
  if (old != conditions.end()) {
    if (old->status == condition.status && old->reason == condition.reason) {
      return false;
    }
    if (old->status == condition.status) {
      condition.last_transition = old->last_transition;
    }
    conditions.erase(old);
  }
  conditions.push_back(std::move(condition));
  return true;
}

const Condition* ExperimentStatus::Find(ConditionType type) const {
  const auto found = std::find_if(conditions.begin(),
                                  conditions.end(),
                                  [&](const Condition& other) { return other.type == type; });
  return found == conditions.end() ? nullptr : &*found;
}

bool ExperimentStatus::Is(ConditionType type) const {
  const Condition* const condition = Find(type);
  return condition != nullptr && condition->status;
}

}  // namespace hone
