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

bool UnseenPoints::Take(Round& round, std::uint64_t index) const {
  return !seen_.contains(index) && round.taken.insert(index).second;
}

std::optional<Proposal> UnseenPoints::Next(Round& round,
                                           std::uint64_t ordinal,
                                           std::uint32_t attempts_max,
                                           const Draw& draw) const {
  for (std::uint32_t attempt = 0; attempt < attempts_max; ++attempt) {
    Proposal proposal = draw(ordinal, attempt);
    if (!size_ || proposal.parent != 0 || Take(round, space_.IndexOf(proposal.point))) {
      return proposal;
    }
  }
  for (; size_ && round.position < *size_; ++round.position) {
    if (const std::uint64_t index = IndexAt(round.position); Take(round, index)) {
      return Proposal{
          space_.PointAt(index),
          0,
          {attempts_max == 0 ? Provenance::Origin::kSequence : Provenance::Origin::kExplored}};
    }
  }
  return std::nullopt;
}

Proposals UnseenPoints::Propose(std::uint64_t first_ordinal,
                                std::size_t count,
                                std::uint32_t attempts_max,
                                const Draw& draw,
                                const Accept& accept) {
  Proposals proposals;
  Round round{{}, position_};
  while (proposals.list.size() < count && !proposals.space_ended) {
    const std::uint64_t ordinal = first_ordinal + proposals.list.size();
    const bool is_used_up = size_ && seen_.size() + round.taken.size() == *size_;
    auto proposal = is_used_up ? std::nullopt : Next(round, ordinal, attempts_max, draw);
    if (proposal) {
      proposals.list.push_back(*std::move(proposal));
      if (accept) {
        accept(ordinal, proposals.list.back().point);
      }
    } else {
      proposals.space_ended = true;
    }
  }
  return proposals;
}

std::uint64_t UnseenPoints::IndexAt(std::uint64_t position) const {
  return order_ ? order_->At(position) : position;
}

Point SobolPoint(const SearchSpace& space, const SobolSequence& sequence, std::uint64_t ordinal) {
  Point point(space.size());
  for (std::size_t i = 0; i < point.size(); ++i) {
    point[i] = space.parameters()[i].Quantile(sequence.Coordinate(ordinal - 1, i));
  }
  return space.Mask(std::move(point));
}

StartupPoints::StartupPoints(const SearchSpace& space, std::uint64_t seed) : seed_(seed) {
  if (space.size() <= SobolSequence::kDimensionsMax) {
    sequence_.emplace(space.size(), seed);
  }
}

Proposal StartupPoints::At(const SearchSpace& space,
                           std::uint64_t ordinal,
                           std::uint32_t attempt) const {
  const bool is_sequence = sequence_ && attempt == 0;
  return {is_sequence ? SobolPoint(space, *sequence_, ordinal)
                      : RandomPoint(space, seed_, ordinal, attempt),
          0,
          {Provenance::Origin::kStartup}};
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
  return space.Mask(std::move(point));
}

}  // namespace hone::algorithms
