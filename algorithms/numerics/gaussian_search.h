// GaussianSearch: Bayesian optimisation with a Gaussian process, the search behind
// bayesianoptimization. After a Sobol start each proposal is the point where the acquisition
// function is largest. Running trials enter the process with their predicted value: this leaves its
// mean unchanged, removes the variance at their points, and the predicted value counts as one to
// improve on.
//
// The answer depends on the set of trials and on the ordinals, not on the order in which they were
// observed. The kernel's parameters are fitted to the first m trials that have ended (in the order
// of their ordinals), where m is a function of how many have ended; later trials extend the process
// in O(trials^2). With many trials a subset is used: the best and the newest ones.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "algorithms/algorithm.h"
#include "algorithms/numerics/acquisition_search.h"
#include "algorithms/numerics/axis.h"
#include "algorithms/numerics/gaussian_process.h"
#include "algorithms/numerics/unseen_points.h"

namespace hone::algorithms {

/// The values come from the settings of `bayesianoptimization`, whose schemas hold the defaults.
struct GaussianOptions {
  /// Number of trials that must have ended, one of them with a value, before the model is used; the
  /// points until then are a Sobol sequence.
  std::size_t startup_trials = 0;
  Acquisition acquisition = Acquisition::kExpectedImprovement;
};

class GaussianSearch final : public SearchAlgorithm {
 public:
  GaussianSearch(const Problem& problem, const GaussianOptions& options);
  GaussianSearch(const GaussianSearch&) = delete;
  GaussianSearch& operator=(const GaussianSearch&) = delete;
  ~GaussianSearch() override = default;

  void Observe(std::span<const ObservedTrial> trials) override;
  Proposals Suggest(std::uint64_t first_ordinal, std::size_t count) override;

 private:
  struct Known {
    Point point;
    /// NaN if the trial has ended without a value.
    double value = 0;
  };

  /// The key by which trials are ranked.
  static double RankOf(const Known& known) {
    return std::isnan(known.value) ? HUGE_VAL : known.value;
  }

  void ObserveOne(const ObservedTrial& trial);
  [[nodiscard]] bool HasModel() const {
    return has_value_ && ended_.size() >= options_.startup_trials;
  }
  [[nodiscard]] Proposal Draw(std::uint64_t ordinal, std::uint32_t attempt);
  /// Updates the process to all known trials, the running ones last.
  void UpdateProcess();
  /// Number of ended trials, in the order of ordinals, that the kernel's parameters are fitted to.
  [[nodiscard]] std::size_t FittedCount() const;
  /// Chooses the base and fits the parameters again if the fitted trials have changed.
  void UpdateBase();
  void Fit();
  [[nodiscard]] std::vector<std::uint64_t> EndedRows() const;
  /// Adds a running trial with its predicted value.
  void AppendRunning(const Point& point);
  /// Whether a trial of the process, ended or running, has this point.
  [[nodiscard]] bool IsRow(const Point& point) const;
  [[nodiscard]] Eigen::VectorXd ModelOf(const Point& point) const;
  /// The best points, the best first.
  [[nodiscard]] std::vector<Point> Incumbents() const;

  GaussianOptions options_;
  std::uint64_t seed_;
  UnseenPoints unseen_;
  StartupPoints startup_;
  std::vector<Axis> axes_;
  GaussianKernel kernel_;
  GaussianProcess process_;
  bool has_many_numbers_;
  std::map<std::uint64_t, Known> ended_;
  std::map<std::uint64_t, Point> running_;
  /// Whether any ended trial has a value.
  bool has_value_ = false;

  /// The number of ended trials that were fitted, 0 if another trial has been inserted among them;
  /// the last of them; and the base that represents them.
  std::size_t fitted_ = 0;
  std::uint64_t last_fitted_ = 0;
  std::vector<std::uint64_t> base_;
  /// The ended trials that are rows of the process, in its order. Running ones follow.
  std::vector<std::uint64_t> rows_;
  /// The value to improve on.
  double best_ = 0;
  std::vector<Point> incumbents_;
  /// The untaken points of the last search, for further attempts at the same ordinal.
  std::vector<RankedPoint> ranked_;
};

}  // namespace hone::algorithms
