// UnseenPoints: proposals without repetition. In a finite space it remembers which points the
// trials have had, and finds another for one that is taken; an infinite space needs no memory. What
// it answers is a function of the set of observed points: neither their order nor earlier calls
// matter. Belongs to one algorithm; not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <unordered_set>

#include "algorithms/algorithm.h"
#include "algorithms/numerics/permutation.h"
#include "algorithms/numerics/sobol_sequence.h"

namespace hone::algorithms {

class UnseenPoints {
 public:
  /// A candidate for `ordinal`; `attempt` counts up while the candidates are taken.
  using Draw = std::function<Proposal(std::uint64_t ordinal, std::uint32_t attempt)>;
  /// Told of each point that is proposed, before the next is drawn.
  using Accept = std::function<void(std::uint64_t ordinal, const Point& point)>;

  /// Where every candidate is taken, the next point is the first in lexicographic order that is
  /// not, or with a `shuffle` seed the first in the random order of that seed.
  UnseenPoints(SearchSpace space, std::optional<std::uint64_t> shuffle);

  [[nodiscard]] const SearchSpace& space() const { return space_; }
  void Observe(std::span<const ObservedTrial> trials);
  /// How many points no trial has; 2^64 - 1 if they cannot be counted.
  [[nodiscard]] std::uint64_t left() const {
    return size_ ? *size_ - seen_.size() : ~std::uint64_t{0};
  }
  /// One point for each ordinal from `first_ordinal` on, each the first of at most `attempts_max`
  /// candidates that is new, until `count` or the end of the space. A candidate with a parent is
  /// taken as it is.
  [[nodiscard]] Proposals Propose(std::uint64_t first_ordinal,
                                  std::size_t count,
                                  std::uint32_t attempts_max,
                                  const Draw& draw,
                                  const Accept& accept = nullptr);

 private:
  /// One call of Propose. What it proposes counts as seen when it is observed, not before: it may
  /// get lost.
  struct Round {
    std::unordered_set<std::uint64_t> taken;
    std::uint64_t position = 0;
  };
  [[nodiscard]] bool Take(Round& round, std::uint64_t index) const;
  [[nodiscard]] std::optional<Proposal> Next(Round& round,
                                             std::uint64_t ordinal,
                                             std::uint32_t attempts_max,
                                             const Draw& draw) const;
  [[nodiscard]] std::uint64_t IndexAt(std::uint64_t position) const;

  SearchSpace space_;
  std::optional<std::uint64_t> size_;
  std::optional<Permutation> order_;
  std::unordered_set<std::uint64_t> seen_;
  /// Every point before this position has been seen.
  std::uint64_t position_ = 0;
};

/// The point of a sequence for an ordinal, spread over the parameters' distributions. It has a
/// coordinate for each parameter, also for those that are then not active.
Point SobolPoint(const SearchSpace& space, const SobolSequence& sequence, std::uint64_t ordinal);

/// The points before a model has something to learn from: a Sobol sequence by ordinal; random ones
/// for further attempts, and in spaces that have too many parameters for a sequence.
class StartupPoints {
 public:
  StartupPoints(const SearchSpace& space, std::uint64_t seed);
  [[nodiscard]] Proposal At(const SearchSpace& space,
                            std::uint64_t ordinal,
                            std::uint32_t attempt) const;

 private:
  std::uint64_t seed_;
  std::optional<SobolSequence> sequence_;
};

/// A point whose coordinates are independent and follow the parameters' distributions, masked: a
/// function of its arguments alone.
Point RandomPoint(const SearchSpace& space,
                  std::uint64_t seed,
                  std::uint64_t ordinal,
                  std::uint32_t attempt);

}  // namespace hone::algorithms
