// PbtPopulation: decides which trial continues from which in population based training (Jaderberg
// et al., "Population based training of neural networks", 2017), without a barrier. A generation is
// the trials that have been trained for the same number of rounds; every ended trial is followed by
// one trial of the next generation. A trial that is not among the worst of its generation is
// continued; in the place of one that is, another trial continues from the checkpoint of one of the
// best.
//
// It knows trials by their ordinals, parents and values. The first child of a trial is its
// continuation; further children replace other trials. So the state is a function of the set of
// trials. Start must be called in the order of ordinals. Belongs to one search; not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hone::algorithms {

/// The values come from the settings of `pbt`, whose schemas hold the defaults.
struct PbtOptions {
  std::uint64_t members = 0;
  /// The share of a generation that counts as the worst, and the share that counts as the best.
  double truncation = 0;
};

/// The kind of the next trial.
struct PbtStep {
  enum class Kind {
    /// A member that starts anew.
    kNew,
    /// `parent` continues with its own point.
    kContinued,
    /// A replacement continues from `parent` with a changed point.
    kExploited,
    /// No trial before a running one ends.
    kWait,
  };
  Kind kind = Kind::kWait;
  std::uint64_t parent = 0;
};

class PbtPopulation {
 public:
  explicit PbtPopulation(const PbtOptions& options) : options_(options) {}

  void Start(std::uint64_t ordinal, std::uint64_t parent);
  /// Undoes the start of the youngest trial, which has not ended and has no child.
  void Withdraw(std::uint64_t ordinal);
  /// A failed trial has an infinite value: it is the worst, and no trial continues from it.
  void End(std::uint64_t ordinal, double value);

  /// `room`: whether there is a point that no trial has. `uniform` in [0, 1) chooses among the
  /// best.
  [[nodiscard]] PbtStep Next(bool room, double uniform) const;
  [[nodiscard]] std::size_t running() const { return running_; }

 private:
  using Rank = std::pair<double, std::uint64_t>;
  struct Known {
    std::uint64_t parent = 0;
    std::size_t generation = 0;
    std::uint32_t children = 0;
    bool has_ended = false;
  };
  struct Generation {
    /// Ascending: the best first.
    std::vector<Rank> ended;
    /// Trials of the next generation.
    std::uint64_t followers = 0;
  };
  [[nodiscard]] Generation& At(std::size_t generation);
  /// Changes how many trials of a generation have ended and been followed, and updates open_ and
  /// unfollowed_.
  void Count(std::size_t generation, std::int64_t ended, std::int64_t followers);
  [[nodiscard]] std::optional<PbtStep> Follow(const Generation& generation, double uniform) const;

  PbtOptions options_;
  std::uint64_t roots_ = 0;
  std::size_t running_ = 0;
  std::vector<Generation> generations_;
  /// Generations with more ended trials than followers, and the total difference.
  std::set<std::size_t> open_;
  std::int64_t unfollowed_ = 0;
  std::unordered_map<std::uint64_t, Known> trials_;
};

}  // namespace hone::algorithms
