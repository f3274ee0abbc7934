// HalvingRung: the trials that have ended at one rung of an asynchronous successive halving, and
// those among the best 1 / eta of them that may advance (Li et al., "A system for massively
// parallel hyperparameter tuning", MLSys 2020, algorithm 2). A trial costs 24 bytes and O(log n).
// Belongs to one schedule; not thread-safe.
#pragma once

#include <set>
#include <vector>

#include "algorithms/numerics/halving_schedule.h"

namespace hone::algorithms {

class HalvingRung {
 public:
  explicit HalvingRung(double eta) : eta_(eta) {}

  /// A trial has ended on this rung. `has_advanced`: its successor exists already.
  void Add(const HalvingRank& trial, bool has_advanced);
  /// The successor of a trial that has ended on this rung exists now.
  void Advance(const HalvingRank& trial) { candidates_.erase(trial); }
  /// The trials that are among the best and have not advanced, the best first.
  [[nodiscard]] const std::set<HalvingRank>& candidates() const { return candidates_; }

 private:
  struct Other {
    HalvingRank trial;
    bool may_advance = false;
  };
  static bool IsWorse(const Other& a, const Other& b) { return a.trial > b.trial; }
  void PushTop(const Other& entry);
  void PushOther(const Other& entry);
  void DropWorstOfTop();
  void RaiseBestOther();

  double eta_;
  /// Heaps: the best 1 / eta with the worst of them in front, and the others with the best of them
  /// in front. A trial of top_ may advance if it is a candidate.
  std::vector<HalvingRank> top_;
  std::vector<Other> others_;
  std::set<HalvingRank> candidates_;
};

}  // namespace hone::algorithms
