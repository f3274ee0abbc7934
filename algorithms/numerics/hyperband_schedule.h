// HyperbandSchedule: brackets of synchronous successive halving, one after another and then from
// the first again (Li et al., "Hyperband: a novel bandit-based approach to hyperparameter
// optimization", JMLR 18, 2018, algorithm 1). A rung advances when all of its trials have ended;
// while it waits, the next bracket starts. With a limited number of trials, a bracket that could
// not be completed does not begin; brackets that start higher and need fewer trials follow instead.
// Belongs to one search; not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "algorithms/numerics/halving_schedule.h"

namespace hone::algorithms {

class HyperbandSchedule final : public HalvingSchedule {
 public:
  HyperbandSchedule(double eta,
                    std::size_t levels,
                    std::optional<std::uint64_t> max_trials = std::nullopt);

  void Start(std::uint64_t ordinal, const PlannedTrial& trial) override;
  void End(std::uint64_t ordinal, double value) override;
  [[nodiscard]] std::vector<PlannedTrial> Plan(std::size_t count,
                                               std::vector<std::uint64_t> room) override;

  /// The total number of trials of a bracket that starts on `level`, if none fails.
  [[nodiscard]] std::uint64_t TrialsOfBracket(std::size_t level) const;

 private:
  /// The round and the bracket's starting level, in the order in which brackets begin.
  using Key = std::pair<std::uint64_t, std::size_t>;
  struct Known {
    Key bracket;
    std::size_t level = 0;
    double value = 0;
    bool has_ended = false;
    bool has_advanced = false;
  };
  struct Rung {
    std::uint64_t started = 0;
    std::uint64_t ended = 0;
    /// The number of ended trials that have a value.
    std::uint64_t valid = 0;
    /// Trials with a value that have not advanced.
    std::set<HalvingRank> waiting;
  };
  /// One rung per level, from the bracket's first on.
  using Bracket = std::vector<Rung>;

  /// The number of configurations that a bracket begins with, or has begun with if no others are
  /// left.
  [[nodiscard]] std::uint64_t SizeNow(const Key& key,
                                      const Bracket& bracket,
                                      std::span<const std::uint64_t> room) const;
  /// The number of trials that begun brackets still have to start.
  [[nodiscard]] std::uint64_t Owed(std::span<const std::uint64_t> room) const;
  [[nodiscard]] Rung* Find(const Known& known);
  /// The number of configurations of a bracket of `size` that reach its rung number `rung`, from 0.
  [[nodiscard]] std::uint64_t SizeOfRung(std::uint64_t size, std::size_t rung) const;
  /// Adds the trials that may advance in a bracket now. Returns false if the bracket is finished.
  bool PlanBracket(const Key& key,
                   const Bracket& bracket,
                   std::uint64_t size,
                   std::size_t count,
                   std::vector<PlannedTrial>& plan) const;
  /// The number of further trials that the budget must hold if a new configuration begins on
  /// `level`, where `begun` have begun.
  [[nodiscard]] std::uint64_t ClaimOf(std::size_t level, std::uint64_t begun) const;
  /// Whether the budget, of which `claimed` trials are claimed, holds that new configuration.
  [[nodiscard]] bool MayBegin(std::size_t level, std::uint64_t begun, std::uint64_t claimed) const;
  /// The level of the first bracket, in the order in which they begin, that is not full.
  [[nodiscard]] std::optional<std::size_t> FirstOpen(const std::vector<std::uint64_t>& roots,
                                                     const std::vector<std::uint64_t>& room,
                                                     std::uint64_t claimed) const;
  void PlanNew(std::size_t count,
               std::vector<std::uint64_t>& room,
               std::vector<PlannedTrial>& plan) const;

  double eta_;
  std::size_t levels_;
  std::optional<std::uint64_t> max_trials_;
  std::uint64_t last_ordinal_ = 0;
  std::uint64_t running_ = 0;
  std::vector<std::uint64_t> sizes_;
  /// Number of new configurations so far, by the level on which they started.
  std::vector<std::uint64_t> roots_;
  /// Unfinished brackets.
  std::map<Key, Bracket> brackets_;
  std::unordered_map<std::uint64_t, Known> trials_;
};

}  // namespace hone::algorithms
