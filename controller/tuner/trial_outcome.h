// TrialOutcome: what a client tells of a trial that it has run. A plain value; any thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proto/model/trial.h"

namespace hone::controller {

using MetricValues = std::vector<std::pair<std::string, double>>;

/// What became of a trial. Without `failure` it has succeeded.
struct TrialOutcome {
  MetricValues metrics;
  std::optional<std::string> failure;
};

/// True if a trial that has ended may have been told so in these words.
[[nodiscard]] bool IsSame(const Trial& ended, const TrialOutcome& outcome);

}  // namespace hone::controller
