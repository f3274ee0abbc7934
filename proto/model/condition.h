// Condition: one thing that is so, or is no longer so, of an experiment, since when and why, as
// Kubernetes keeps them. A plain value: any thread may hold its own copy.
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
