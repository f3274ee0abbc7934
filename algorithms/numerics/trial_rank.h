// TrialRank: ranks a trial that has ended. Complete trials come before those that were stopped
// early, whose values are not final, and these before failed ones, which have no value; within each
// class by value. A value; any thread may use it.
#pragma once

#include <cmath>
#include <compare>
#include <limits>

#include "algorithms/algorithm.h"

namespace hone::algorithms {

struct TrialRank {
  enum class Kind { kComplete, kStoppedEarly, kFailed };
  Kind kind = Kind::kFailed;
  /// Not NaN; infinite if the trial failed.
  double value = std::numeric_limits<double>::infinity();

  [[nodiscard]] bool HasFailed() const { return kind == Kind::kFailed; }
  auto operator<=>(const TrialRank&) const = default;
};

/// A trial without a value counts as failed, whatever its outcome.
inline TrialRank RankOf(const ObservedTrial& trial) {
  const bool has_value = trial.outcome != Outcome::kFailed && !trial.objectives.empty() &&
                         !std::isnan(trial.objectives.front());
  if (!has_value) {
    return {};
  }
  return {trial.outcome == Outcome::kStoppedEarly ? TrialRank::Kind::kStoppedEarly
                                                  : TrialRank::Kind::kComplete,
          trial.objectives.front()};
}

/// The value that a search by levels or generations uses for a trial that ran to its end; infinite
/// if it has no finite value. A trial that was stopped early has a value, but not for its whole
/// resource.
inline double CompleteValueOf(const ObservedTrial& trial) {
  const bool counts = trial.outcome == Outcome::kComplete && !trial.objectives.empty() &&
                      std::isfinite(trial.objectives.front());
  return counts ? trial.objectives.front() : std::numeric_limits<double>::infinity();
}

}  // namespace hone::algorithms
