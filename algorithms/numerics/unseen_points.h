// UnseenPoints: proposals without repetition. In a finite space it remembers the points of all
// trials, and replaces a candidate that is taken; an infinite space needs no memory. Its answers
// are a function of the set of observed points: neither their order nor earlier calls matter.
// Belongs to one algorithm; not thread-safe.
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
  /// A candidate for `ordinal`; `attempt` increases while candidates are taken.
  using Draw = std::function<Proposal(std::uint64_t ordinal, std::uint32_t attempt)>;
  /// Called with each proposed point, before the next is drawn.
  using Accept = std::function<void(std::uint64_t ordinal, const Point& point)>;

  /// If every candidate is taken, the next point is the first untaken one in lexicographic order,
  /// or with a `shuffle` seed in the random order of that seed.
  UnseenPoints(SearchSpace space, std::optional<std::uint64_t> shuffle);

  [[nodiscard]] const SearchSpace& space() const { return space_; }
  void Observe(std::span<const ObservedTrial> trials);
  /// The number of points that no trial has; 2^64 - 1 if they cannot be counted.
  [[nodiscard]] std::uint64_t left() const {
    return size_ ? *size_ - seen_.size() : ~std::uint64_t{0};
  }
  /// One point for each ordinal from `first_ordinal` on, each the first new one of at most
  /// `attempts_max` candidates, until `count` points are proposed or the space ends. A candidate
  /// with a parent is accepted unchecked.
  [[nodiscard]] Proposals Propose(std::uint64_t first_ordinal,
                                  std::size_t count,
                                  std::uint32_t attempts_max,
                                  const Draw& draw,
                                  const Accept& accept = nullptr);

 private:
  /// State of one call of Propose. Its proposals count as seen only once they are observed, because
  /// a proposal may be lost.
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

/// The point of a sequence for an ordinal, mapped through the parameters' distributions. It has a
/// coordinate for each parameter, including parameters that are then not active.
Point SobolPoint(const SearchSpace& space, const SobolSequence& sequence, std::uint64_t ordinal);

/// The points until a model has enough results: a Sobol sequence by ordinal; random points for
/// further attempts, and in spaces that have too many parameters for a sequence.
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
