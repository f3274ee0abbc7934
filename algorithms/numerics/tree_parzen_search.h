// TreeParzenSearch: the search behind tpe and multivariate-tpe. Two Parzen estimators: one of the
// best trials, one of all others (those that run or failed among them). A point
// is proposed where the ratio of the two is largest among candidates drawn from the first (Bergstra
// et al. 2011). Running trials stand with the others, so that nobody proposes their points again;
// those of one call stand there too until it ends.
//
// The answer depends on the set of trials and on the ordinals, not on how they came here.
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

/// As the settings of `tpe` say, whose defaults stand there.
struct TreeParzenOptions {
  /// Trials that must have ended before the model is asked; until then points are a Sobol sequence.
  std::size_t startup_trials = 0;
  std::size_t candidates = 0;
  /// The share of ended trials, failed ones among them, that are the best, of which there are at
  /// most 25.
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
  /// In the order in which trials are preferred, of equal ones the older.
  using Rank = std::pair<TrialRank, std::uint64_t>;

  /// Trials that ended without a value count towards the start too: what fails teaches where not to
  /// look. One that has a value is needed to know where to look instead.
  [[nodiscard]] bool HasModel() const {
    return !best_ranks_.empty() &&
           best_ranks_.size() + other_ranks_.size() + failed_ >= options_.startup_trials;
  }
  void ObserveOne(const ObservedTrial& trial);
  void AddOther(const Rank& rank);
  Rank TakeBestOther();
  /// Moves trials between the estimators until the best are as many as they should be.
  void Balance();
  [[nodiscard]] Proposal Draw(std::uint64_t ordinal, std::uint32_t attempt);

  TreeParzenOptions options_;
  std::uint64_t seed_;
  UnseenPoints unseen_;
  StartupPoints startup_;
  std::vector<Axis> axes_;
  ParzenEstimator best_;
  ParzenEstimator others_;
  /// The trials of best_; those of others_ that have ended with a value, a heap with the best
  /// first.
  std::set<Rank> best_ranks_;
  std::vector<Rank> other_ranks_;
  /// Those that have ended without a value, which are never among the best.
  std::size_t failed_ = 0;
};

/// What both algorithms of this search accept. The number of candidates has the two names under
/// which Katib's services know it.
std::span<const SettingSchema> TreeParzenSettings();
std::unique_ptr<SearchAlgorithm> MakeTreeParzenSearch(const Problem& problem);

}  // namespace hone::algorithms
