#include "proto/model/experiment_status.h"

#include <algorithm>
#include <utility>

namespace hone {

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
