// ExperimentStatus: the state of an experiment's execution. A plain value: any thread may hold its
// own copy.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "proto/core/time.h"
#include "proto/model/condition.h"
#include "proto/model/trial_counts.h"

namespace hone {

/// The best trial so far; its assignments and metrics are read from the trial itself.
struct OptimalTrial {
  std::uint64_t ordinal = 0;
  double value = 0;
  bool operator==(const OptimalTrial&) const = default;
};

struct ExperimentStatus {
  Time start_time;
  Time completion_time;
  /// In the order in which they were appended: users see the last one as the state.
  std::vector<Condition> conditions;
  TrialCounts counts;
  std::optional<OptimalTrial> optimal;
  /// [hone] The time during which at least one of its trials ran. It does not grow while no trial
  /// runs.
  Duration running_time{0};
  bool operator==(const ExperimentStatus&) const = default;

  /// Katib's rule: nothing changes if status and reason are the same; otherwise the old entry of
  /// the type is removed and the new one is appended; last_transition stays if only the reason
  /// changed. Returns whether anything changed.
  bool SetCondition(Condition condition);
  [[nodiscard]] const Condition* Find(ConditionType type) const;
  [[nodiscard]] bool Is(ConditionType type) const;
  [[nodiscard]] bool IsCompleted() const {
    return Is(ConditionType::kSucceeded) || Is(ConditionType::kFailed);
  }
};

}  // namespace hone
