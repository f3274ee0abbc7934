// TrialOutcome: the result that a client tells of a trial. A plain value; any thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proto/model/trial.h"

namespace hone::controller {

using MetricValues = std::vector<std::pair<std::string, double>>;

/// Without `failure` the trial has succeeded.
struct TrialOutcome {
  MetricValues metrics;
  std::optional<std::string> failure;
};

/// True if `outcome` may be the result with which the trial ended: a repeated Tell.
[[nodiscard]] bool IsSame(const Trial& ended, const TrialOutcome& outcome);

}  // namespace hone::controller
