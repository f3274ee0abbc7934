// HyperbandSchedule: brackets of synchronous successive halving, one after the other and from the
// beginning again (Li et al., "Hyperband: a novel bandit-based approach to hyperparameter
// optimization", JMLR 18, 2018, algorithm 1). A rung advances when all of its trials have ended;
// while it waits, the next bracket starts. Of a number of trials that is limited no bracket begins
// that could not come to its end: those follow that start higher and need fewer. Belongs to one
// search; not thread-safe.
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

  /// How many trials a bracket that starts on `level` has in all, if none fails.
  [[nodiscard]] std::uint64_t TrialsOfBracket(std::size_t level) const;

 private:
  /// The round, and the level on which the bracket starts: in the order in which they begin.
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
    /// Of those that ended, how many have a value.
    std::uint64_t valid = 0;
    /// Those with a value that have not advanced.
    std::set<HalvingRank> waiting;
  };
  /// One rung a level, from the bracket's first on.
  using Bracket = std::vector<Rung>;

  /// How many configurations a bracket begins with, or began with if no others are left.
  [[nodiscard]] std::uint64_t SizeNow(const Key& key,
                                      const Bracket& bracket,
                                      std::span<const std::uint64_t> room) const;
  /// Trials that are to come of the brackets that have begun.
  [[nodiscard]] std::uint64_t Owed(std::span<const std::uint64_t> room) const;
  [[nodiscard]] Rung* Find(const Known& known);
  /// How many configurations of a bracket of `size` advance to its rung number `rung`, from 0.
  [[nodiscard]] std::uint64_t SizeOfRung(std::uint64_t size, std::size_t rung) const;
  /// Adds who may advance in a bracket now. Returns false if nothing more will ever happen in it.
  bool PlanBracket(const Key& key,
                   const Bracket& bracket,
                   std::uint64_t size,
                   std::size_t count,
                   std::vector<PlannedTrial>& plan) const;
  /// How many trials more the budget has to hold if a root begins on `level`, of which `begun` have
  /// begun there.
  [[nodiscard]] std::uint64_t ClaimOf(std::size_t level, std::uint64_t begun) const;
  /// Whether the budget, of which `claimed` are claimed, holds that root.
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
  /// New configurations so far, by the level on which they started.
  std::vector<std::uint64_t> roots_;
  /// Those in which something may happen yet.
  std::map<Key, Bracket> brackets_;
  std::unordered_map<std::uint64_t, Known> trials_;
};

}  // namespace hone::algorithms
