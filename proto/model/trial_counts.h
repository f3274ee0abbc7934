// TrialCounts: the number of an experiment's trials in each state. A plain value: any thread may
// hold its own copy.
#pragma once

#include <cstdint>

namespace hone {

/// `created` counts trials in all states.
struct TrialCounts {
  std::int64_t created = 0;
  std::int64_t pending = 0;
  std::int64_t running = 0;
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
  std::int64_t killed = 0;
  std::int64_t early_stopped = 0;
  std::int64_t metrics_unavailable = 0;
  bool operator==(const TrialCounts&) const = default;

  [[nodiscard]] std::int64_t Active() const { return pending + running; }
  /// Trials in a terminal state.
  [[nodiscard]] std::int64_t Completed() const {
    return succeeded + failed + killed + early_stopped + metrics_unavailable;
  }
  /// The count that maxFailedTrialCount bounds.
  [[nodiscard]] std::int64_t Failures() const { return failed + metrics_unavailable; }
};

}  // namespace hone
