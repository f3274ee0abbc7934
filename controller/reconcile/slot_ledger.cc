#include "controller/reconcile/slot_ledger.h"

#include <algorithm>

namespace hone::controller {

double SlotTimes::IdleShare() const {
  const Duration whole = busy + idle;
  return whole.count() == 0
             ? 0.0
             : static_cast<double>(idle.count()) / static_cast<double>(whole.count());
}

Duration SlotTimes::GapQuantile(double fraction) const {
  if (gaps.empty()) {
    return Duration(0);
  }
  std::vector<Duration> sorted = gaps;
  const auto rank = static_cast<std::size_t>(fraction * static_cast<double>(sorted.size() - 1));
  const auto position = sorted.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(sorted.begin(), position, sorted.end());
  return *position;
}

void SlotLedger::Open(std::size_t slots, Time since) {
  for (std::size_t i = 0; i < slots; ++i) {
    free_.push({since, false});
  }
}

void SlotLedger::Started(Time at) {
  if (free_.empty()) {
    return;
  }
  const FreeSlot slot = free_.top();
  free_.pop();
  const Duration gap = std::max(Duration(0), at - slot.since);
  times_.idle += gap;
  if (!slot.after_trial) {
    return;
  }
  if (times_.gaps.size() < kGapsMax) {
    times_.gaps.push_back(gap);
  } else {
    times_.gaps[next_gap_++ % kGapsMax] = gap;
  }
}

void SlotLedger::Ended(Time started, Time ended, Time free_from) {
  // A trial that waited for a GPU and then could not start has no time of a start.
  if (started != Time()) {
    times_.busy += std::max(Duration(0), ended - started);
  }
  free_.push({std::max(ended, free_from), true});
}

}  // namespace hone::controller
