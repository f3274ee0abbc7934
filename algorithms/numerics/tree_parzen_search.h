// TreeParzenSearch: the search behind tpe and multivariate-tpe. Two Parzen estimators: one of the
// best trials, one of all others (running and failed trials among them). A point is proposed where
// the ratio of the two is largest among candidates drawn from the first (Bergstra et al. 2011).
// Running trials are in the second, so that their points are not proposed again; points proposed by
// one call are in it too until the call ends.
//
// The answer depends on the set of trials and on the ordinals, not on the order in which they were
// observed.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "algorithms/algorithm.h"
#include "algorithms/numerics/axis.h"
#include "algorithms/numerics/parzen_estimator.h"
#include "algorithms/numerics/trial_rank.h"
#include "algorithms/numerics/unseen_points.h"

namespace hone::algorithms {

/// The values come from the settings of `tpe`, whose schemas hold the defaults.
struct TreeParzenOptions {
  /// Number of trials that must have ended before the model is used; until then points are a Sobol
  /// sequence.
  std::size_t startup_trials = 0;
  std::size_t candidates = 0;
  /// The share of ended trials, failed ones included, that count as the best; at most 25 trials.
  double gamma = 0;
  double prior_weight = 0;
};

class TreeParzenSearch final : public SearchAlgorithm {
 public:
  TreeParzenSearch(const Problem& problem, const TreeParzenOptions& options);
  TreeParzenSearch(const TreeParzenSearch&) = delete;
  TreeParzenSearch& operator=(const TreeParzenSearch&) = delete;
  ~TreeParzenSearch() override = default;

  void Observe(std::span<const ObservedTrial> trials) override;
  Proposals Suggest(std::uint64_t first_ordinal, std::size_t count) override;

 private:
  /// The order in which trials are preferred; of equal ones the older first.
  using Rank = std::pair<TrialRank, std::uint64_t>;

  /// Trials that ended without a value count towards the startup too: a failure shows where not to
  /// search. At least one trial with a value is needed as well, to show where to search.
  [[nodiscard]] bool HasModel() const {
    return !best_ranks_.empty() &&
           best_ranks_.size() + other_ranks_.size() + failed_ >= options_.startup_trials;
  }
  void ObserveOne(const ObservedTrial& trial);
  void AddOther(const Rank& rank);
  Rank TakeBestOther();
  /// Moves trials between the estimators until best_ has the right size.
  void Balance();
  [[nodiscard]] Proposal Draw(std::uint64_t ordinal, std::uint32_t attempt);

  TreeParzenOptions options_;
  std::uint64_t seed_;
  UnseenPoints unseen_;
  StartupPoints startup_;
  std::vector<Axis> axes_;
  ParzenEstimator best_;
  ParzenEstimator others_;
  /// The trials of best_; and the trials of others_ that have ended with a value, as a heap with
  /// the best first.
  std::set<Rank> best_ranks_;
  std::vector<Rank> other_ranks_;
  /// Number of trials that have ended without a value; they are never among the best.
  std::size_t failed_ = 0;
};

/// The settings that both algorithms of this search accept. The number of candidates has the two
/// names that Katib's services use.
std::span<const SettingSchema> TreeParzenSettings();
std::unique_ptr<SearchAlgorithm> MakeTreeParzenSearch(const Problem& problem);

}  // namespace hone::algorithms
