// SlotLedger: where the time of the trial slots went. A slot is a place in which one trial runs;
// its time is busy while a trial runs in it and idle while a trial could have run. Not thread-safe.
#pragma once

#include <cstddef>
#include <queue>
#include <vector>

#include "proto/core/time.h"

namespace hone::controller {

/// Where the time went, in one process.
struct SlotTimes {
  /// From the start of each trial's process to its end, summed up.
  Duration busy{0};
  /// From the end of a trial (or from the beginning) to the next start in its slot, summed up,
  /// without the pauses that retries wait for.
  Duration idle{0};
  /// Each gap between the end of a trial and the next start: the newest 100,000, in no order.
  std::vector<Duration> gaps;

  /// idle / (busy + idle); 0 before the first start.
  [[nodiscard]] double IdleShare() const;
  /// The gap below which `fraction` of all gaps lie.
  [[nodiscard]] Duration GapQuantile(double fraction) const;
};

class SlotLedger {
 public:
  /// `slots` places have been free since `since`.
  void Open(std::size_t slots, Time since);
  /// A trial takes a slot, also if it turns out that it cannot start.
  void Started(Time at);
  /// It leaves the slot. `started` is zero if it never ran. `free_from`: when the pause of a trial
  /// that will run again in the slot is over.
  void Ended(Time started, Time ended, Time free_from = Time());
  [[nodiscard]] const SlotTimes& times() const { return times_; }

 private:
  static constexpr std::size_t kGapsMax = 100'000;
  struct FreeSlot {
    Time since;
    bool after_trial = false;
    bool operator>(const FreeSlot& other) const { return since > other.since; }
  };
  SlotTimes times_;
  std::size_t next_gap_ = 0;
  std::priority_queue<FreeSlot, std::vector<FreeSlot>, std::greater<>> free_;
};

}  // namespace hone::controller
