#include "controller/tuner/trial_outcome.h"

#include <algorithm>

namespace hone::controller {
namespace {

bool IsKnown(const Trial& ended, const std::string& metric, double value) {
  return std::any_of(ended.metrics.begin(), ended.metrics.end(), [&](const MetricSummary& known) {
    return known.name == metric && known.latest == FormatNumber(value);
  });
}

}  // namespace

bool IsSame(const Trial& ended, const TrialOutcome& outcome) {
  if (outcome.failure) {
    return ended.state == TrialState::kFailed || ended.state == TrialState::kKilled ||
           ended.state == TrialState::kEarlyStopped;
  }
  if (ended.state != TrialState::kSucceeded && ended.state != TrialState::kEarlyStopped) {
    return false;
  }
  return std::all_of(outcome.metrics.begin(), outcome.metrics.end(), [&](const auto& metric) {
    return IsKnown(ended, metric.first, metric.second);
  });
}

}  // namespace hone::controller
