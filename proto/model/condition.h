// Condition: a statement about an experiment (it runs, it has failed): whether it is true, since
// when and why, as in Kubernetes. A plain value: any thread may hold its own copy.
#pragma once

#include <string>
#include <string_view>

#include "proto/core/time.h"

namespace hone {

enum class ConditionType { kCreated, kRunning, kRestarting, kSuspended, kSucceeded, kFailed };

struct Condition {
  ConditionType type = ConditionType::kCreated;
  bool status = true;
  std::string reason;
  std::string message;
  Time last_update;
  Time last_transition;
  bool operator==(const Condition&) const = default;
};

std::string_view ToText(ConditionType value);

}  // namespace hone
