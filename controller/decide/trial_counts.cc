#include "controller/decide/trial_counts.h"

namespace hone::controller {
namespace {

std::int64_t& CountOf(TrialCounts& counts, TrialState state) {
  switch (state) {
    case TrialState::kCreated:
      return counts.pending;
    case TrialState::kRunning:
      return counts.running;
    case TrialState::kSucceeded:
      return counts.succeeded;
    case TrialState::kFailed:
      return counts.failed;
    case TrialState::kKilled:
      return counts.killed;
    case TrialState::kEarlyStopped:
      return counts.early_stopped;
    case TrialState::kMetricsUnavailable:
      break;
  }
  return counts.metrics_unavailable;
}

}  // namespace

void CountMove(TrialCounts& counts, TrialState from, TrialState to) {
  --CountOf(counts, from);
  ++CountOf(counts, to);
}

}  // namespace hone::controller
