// AshaSchedule: asynchronous successive halving with promotion (Li et al., "A system for massively
// parallel hyperparameter tuning", MLSys 2020). Nothing waits for a rung to fill: a trial among the
// best 1 / eta of its rung advances at once, and if there is no such trial, a new configuration
// starts. Of several brackets, which start on different levels, the next trial goes to the one that
// has spent the least of the resource. Belongs to one search; not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "algorithms/numerics/halving_rung.h"
#include "algorithms/numerics/halving_schedule.h"

namespace hone::algorithms {

class AshaSchedule final : public HalvingSchedule {
 public:
  /// Bracket b starts on level b.
  AshaSchedule(double eta, std::vector<double> levels, std::size_t brackets);

  void Start(std::uint64_t ordinal, const PlannedTrial& trial) override;
  void End(std::uint64_t ordinal, double value) override;
  [[nodiscard]] std::vector<PlannedTrial> Plan(std::size_t count,
                                               std::vector<std::uint64_t> room) override;

 private:
  struct Known {
    double value = 0;
    std::uint32_t bracket = 0;
    std::uint8_t level = 0;
    bool has_ended = false;
    bool has_advanced = false;
  };
  struct Bracket {
    /// The total resource that its trials have been given.
    double spent = 0;
    /// One rung per level; the rungs below the bracket's first level stay empty.
    std::vector<HalvingRung> rungs;
  };
  /// The trials of one bracket that the current plan has already taken.
  struct Taken {
    double spent = 0;
    /// The next candidate of each rung.
    std::vector<std::set<HalvingRank>::const_iterator> next;
  };
  [[nodiscard]] std::vector<Taken> BeginPlan() const;
  [[nodiscard]] std::optional<PlannedTrial> TakeCandidate(std::vector<Taken>& taken) const;
  [[nodiscard]] std::optional<PlannedTrial> TakeNew(std::vector<Taken>& taken,
                                                    std::vector<std::uint64_t>& room) const;
  /// The additional resource of a trial compared with its parent.
  [[nodiscard]] double CostOf(const PlannedTrial& trial) const;

  std::vector<double> levels_;
  std::vector<Bracket> brackets_;
  std::unordered_map<std::uint64_t, Known> trials_;
};

}  // namespace hone::algorithms
