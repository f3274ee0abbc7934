// FidelitySearch: a search that tries many configurations with a small amount of a resource and the
// best of them with more. A schedule decides which trial advances and on which level a new
// configuration starts; new configurations are random unless a derived class overrides Draw. An
// advance is a new trial at its parent's point with the resource of the next level. Not
// thread-safe.
//
// The answer depends on the set of trials and on the ordinals, not on the order in which they were
// observed.
//
// Trials created by Katib's hyperband have no parent: if its state is among the settings, the
// parent of a trial is the trial that has its point on the level below.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "algorithms/algorithm.h"
#include "algorithms/numerics/halving_schedule.h"
#include "algorithms/numerics/observation_delta.h"
#include "algorithms/numerics/resource_ladder.h"
#include "algorithms/numerics/unseen_points.h"

namespace hone::algorithms {

class FidelitySearch : public SearchAlgorithm {
 public:
  FidelitySearch(const Problem& problem,
                 ResourceLadder ladder,
                 std::unique_ptr<HalvingSchedule> schedule);
  FidelitySearch(const FidelitySearch&) = delete;
  FidelitySearch& operator=(const FidelitySearch&) = delete;
  ~FidelitySearch() override = default;

  void Observe(std::span<const ObservedTrial> trials) final;
  Proposals Suggest(std::uint64_t first_ordinal, std::size_t count) final;

 protected:
  /// Called when a trial on a level is new or has ended.
  virtual void Learn(const ObservedTrial& /*trial*/, std::size_t /*level*/) {}
  /// A candidate for a new configuration; `attempt` increases while candidates are taken.
  virtual Proposal Draw(std::size_t level, std::uint64_t ordinal, std::uint32_t attempt);

  [[nodiscard]] const ResourceLadder& ladder() const { return ladder_; }
  /// The search space with the resource of a level.
  [[nodiscard]] const SearchSpace& SpaceAt(std::size_t level) const {
    return unseen_[level].space();
  }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }

 private:
  struct Known {
    Point point;
    std::size_t level = 0;
    bool has_ended = false;
  };
  [[nodiscard]] std::optional<std::size_t> LevelOf(const Point& point) const;
  /// The parent of a trial created by Katib; 0 if there is none.
  [[nodiscard]] std::uint64_t FindParent(const ObservedTrial& trial, std::size_t level);
  void Start(const ObservedTrial& trial);
  void End(const ObservedTrial& trial);
  void FillNew(std::size_t level,
               std::uint64_t first_ordinal,
               std::span<const PlannedTrial> plan,
               Proposals& proposals);

  std::uint64_t seed_;
  ResourceLadder ladder_;
  std::unique_ptr<HalvingSchedule> schedule_;
  /// One per level.
  std::vector<UnseenPoints> unseen_;
  ObservationDelta delta_;
  std::unordered_map<std::uint64_t, Known> trials_;
  std::size_t running_ = 0;
  /// Whether Katib's hyperband began the search; then, by level and by the point without its
  /// resource, the last trial.
  bool is_taken_over_;
  std::map<std::pair<std::size_t, Point>, std::uint64_t> last_at_;
};

}  // namespace hone::algorithms
