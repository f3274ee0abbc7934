#include "algorithms/numerics/pbt_population.h"

#include <algorithm>
#include <cmath>

namespace hone::algorithms {

PbtPopulation::Generation& PbtPopulation::At(std::size_t generation) {
  if (generation >= generations_.size()) {
    generations_.resize(generation + 1);
  }
  return generations_[generation];
}

void PbtPopulation::Start(std::uint64_t ordinal, std::uint64_t parent) {
  Known known{.parent = parent};
  if (parent != 0) {
    const auto before = trials_.find(parent);
    if (before == trials_.end()) {
      return;
    }
    known.generation = before->second.generation + 1;
  }
  if (!trials_.emplace(ordinal, known).second) {
    return;
  }
  ++running_;
  if (parent == 0) {
    ++roots_;
  } else {
    ++trials_.at(parent).children;
    Count(known.generation - 1, 0, 1);
  }
}

void PbtPopulation::Withdraw(std::uint64_t ordinal) {
  const auto found = trials_.find(ordinal);
  if (found == trials_.end()) {
    return;
  }
  const Known known = found->second;
  trials_.erase(found);
  --running_;
  if (known.parent == 0) {
    --roots_;
  } else {
    --trials_.at(known.parent).children;
    Count(known.generation - 1, 0, -1);
  }
}

void PbtPopulation::End(std::uint64_t ordinal, double value) {
  const auto found = trials_.find(ordinal);
  if (found == trials_.end() || found->second.has_ended) {
    return;
  }
  found->second.has_ended = true;
  --running_;
  std::vector<Rank>& ended = At(found->second.generation).ended;
  const Rank rank{value, ordinal};
  ended.insert(std::upper_bound(ended.begin(), ended.end(), rank), rank);
  Count(found->second.generation, 1, 0);
}

void PbtPopulation::Count(std::size_t generation, std::int64_t ended, std::int64_t followers) {
  Generation& changed = At(generation);
  changed.followers =
      static_cast<std::uint64_t>(static_cast<std::int64_t>(changed.followers) + followers);
  unfollowed_ += ended - followers;
  if (changed.ended.size() > changed.followers) {
    open_.insert(generation);
  } else {
    open_.erase(generation);
  }
}

PbtStep PbtPopulation::Next(bool room, double uniform) const {
  const PbtStep anew{room ? PbtStep::Kind::kNew : PbtStep::Kind::kWait};
  if (room && roots_ < options_.members) {
    return anew;
  }
  // More roots than members: the excess trials started anew in the place of a member.
  const std::uint64_t replaced = roots_ - std::min(roots_, options_.members);
  if (unfollowed_ <= static_cast<std::int64_t>(replaced)) {
    return anew;
  }
  for (const std::size_t generation : open_) {
    if (const auto step = Follow(generations_[generation], uniform)) {
      return *step;
    }
  }
  return anew;  // all trials of the generation have failed so far
}

/// Section 4.1.1, truncation selection, for the best trial that has no follower. A trial among the
/// worst is replaced by a trial among the best.
std::optional<PbtStep> PbtPopulation::Follow(const Generation& generation, double uniform) const {
  const std::vector<Rank>& ended = generation.ended;
  const double share = std::floor(options_.truncation * static_cast<double>(ended.size()) + 1e-9);
  const std::size_t best =
      std::clamp<std::size_t>(static_cast<std::size_t>(share), 1, ended.size());
  const std::size_t worst = std::min(static_cast<std::size_t>(share), ended.size() - best);
  const auto first = std::find_if(
      ended.begin(), ended.end() - static_cast<std::ptrdiff_t>(worst), [&](auto& rank) {
        return std::isinf(rank.first) || trials_.at(rank.second).children == 0;
      });
  const bool goes_on =
      first != ended.end() - static_cast<std::ptrdiff_t>(worst) && !std::isinf(first->first);
  if (goes_on) {
    return PbtStep{PbtStep::Kind::kContinued, first->second};
  }
  const auto valid = static_cast<std::size_t>(std::count_if(
      ended.begin(), ended.begin() + static_cast<std::ptrdiff_t>(best), [](const Rank& rank) {
        return !std::isinf(rank.first);
      }));
  if (valid == 0) {
    return std::nullopt;
  }
  const auto chosen = static_cast<std::size_t>(uniform * static_cast<double>(valid));
  return PbtStep{PbtStep::Kind::kExploited, ended[std::min(chosen, valid - 1)].second};
}

}  // namespace hone::algorithms
