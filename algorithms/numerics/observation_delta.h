// ObservationDelta: the trials observed since the last Suggest, reported in an order that does not
// depend on when they were observed: births before ends, each by ordinal. Belongs to one search;
// not thread-safe.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "algorithms/algorithm.h"

namespace hone::algorithms {

class ObservationDelta {
 public:
  void Add(std::span<const ObservedTrial> trials) {
    trials_.insert(trials_.end(), trials.begin(), trials.end());
  }

  /// Calls `start(trial)` for each trial that was observed, then `end(trial)` for each that has
  /// ended, and then clears the delta.
  template <typename Start, typename End>
  void Tell(Start&& start, End&& end) {
    std::stable_sort(trials_.begin(), trials_.end(), [](const auto& a, const auto& b) {
      return a.ordinal < b.ordinal;
    });
    for (const ObservedTrial& trial : trials_) {
      start(trial);
    }
    for (const ObservedTrial& trial : trials_) {
      if (trial.outcome != Outcome::kRunning) {
        end(trial);
      }
    }
    trials_.clear();
  }

 private:
  std::vector<ObservedTrial> trials_;
};

}  // namespace hone::algorithms
