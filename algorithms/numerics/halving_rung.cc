#include "algorithms/numerics/halving_rung.h"

#include <algorithm>
#include <cmath>

namespace hone::algorithms {

void HalvingRung::Add(const HalvingRank& trial, bool has_advanced) {
  const Other entry{trial, !has_advanced && trial.first < kFailedValue};
  if (!top_.empty() && trial < top_.front()) {
    PushTop(entry);
    DropWorstOfTop();
  } else {
    PushOther(entry);
  }
  // The power of eta may differ from a whole number by a rounding error.
  const auto ended = static_cast<double>(top_.size() + others_.size());
  const auto wanted = static_cast<std::size_t>(std::floor(ended / eta_ + 1e-9));
  while (top_.size() < wanted) {
    RaiseBestOther();
  }
}

void HalvingRung::PushTop(const Other& entry) {
  top_.push_back(entry.trial);
  std::push_heap(top_.begin(), top_.end());
  if (entry.may_advance) {
    candidates_.insert(entry.trial);
  }
}

void HalvingRung::PushOther(const Other& entry) {
  others_.push_back(entry);
  std::push_heap(others_.begin(), others_.end(), IsWorse);
}

void HalvingRung::DropWorstOfTop() {
  std::pop_heap(top_.begin(), top_.end());
  const HalvingRank worst = top_.back();
  top_.pop_back();
  PushOther({worst, candidates_.erase(worst) > 0});
}

void HalvingRung::RaiseBestOther() {
  std::pop_heap(others_.begin(), others_.end(), IsWorse);
  const Other best = others_.back();
  others_.pop_back();
  PushTop(best);
}

}  // namespace hone::algorithms
