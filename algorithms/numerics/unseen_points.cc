#include "algorithms/numerics/unseen_points.h"

#include <utility>

#include "algorithms/numerics/counter_random.h"

namespace hone::algorithms {

UnseenPoints::UnseenPoints(SearchSpace space, std::optional<std::uint64_t> shuffle)
    : space_(std::move(space)), size_(space_.Cardinality()) {
  if (size_ && shuffle) {
    order_.emplace(*size_, *shuffle);
  }
}

void UnseenPoints::Observe(std::span<const ObservedTrial> trials) {
  if (!size_) {
    return;
  }
  for (const ObservedTrial& trial : trials) {
    seen_.insert(space_.IndexOf(trial.point));
  }
  while (position_ < *size_ && seen_.contains(IndexAt(position_))) {
    ++position_;
  }
}

Proposals UnseenPoints::Propose(std::uint64_t first_ordinal,
                                std::size_t count,
                                std::uint32_t attempts_max,
                                const Draw& draw) {
  Proposals proposals;
  // What this call proposes counts as seen when it is observed, not before: it may get lost.
  std::unordered_set<std::uint64_t> taken;
  std::uint64_t position = position_;
  const auto take = [&](std::uint64_t index) {
    return !seen_.contains(index) && taken.insert(index).second;
  };
  const auto next_point = [&](std::uint64_t ordinal) -> std::optional<Point> {
    for (std::uint32_t attempt = 0; attempt < attempts_max; ++attempt) {
      Point point = draw(ordinal, attempt);
      if (!size_ || take(space_.IndexOf(point))) {
        return point;
      }
    }
    for (; position < *size_; ++position) {
      if (const std::uint64_t index = IndexAt(position); take(index)) {
        return space_.PointAt(index);
      }
    }
    return std::nullopt;
  };
  for (std::size_t i = 0; i < count && !proposals.space_ended; ++i) {
    if (size_ && seen_.size() + taken.size() == *size_) {
      proposals.space_ended = true;
    } else if (auto point = next_point(first_ordinal + i)) {
      proposals.points.push_back(*std::move(point));
    }
  }
  return proposals;
}

std::uint64_t UnseenPoints::IndexAt(std::uint64_t position) const {
  return order_ ? order_->At(position) : position;
}

Point RandomPoint(const SearchSpace& space,
                  std::uint64_t seed,
                  std::uint64_t ordinal,
                  std::uint32_t attempt) {
  CounterRandom random(seed, ordinal, attempt);
  Point point;
  point.reserve(space.size());
  for (const Parameter& parameter : space.parameters()) {
    point.push_back(parameter.Quantile(random.Uniform()));
  }
  return point;
}

}  // namespace hone::algorithms
