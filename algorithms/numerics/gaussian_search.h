// GaussianSearch: Bayesian optimisation with a Gaussian process, the search behind
// bayesianoptimization. After a Sobol start each proposal is where the acquisition function is
// largest. Running trials are believed to end as the process expects: that leaves its mean alone,
// makes it certain where they are, and is what others have to improve on.
//
// The answer depends on the set of trials and on the ordinals, not on how they came here. The
// kernel's parameters are fitted to the first m trials that have ended (in the order of their
// ordinals), where m follows from how many have ended; later trials extend the process in
// O(trials^2). Of many trials a part stands for all: the best and the newest ones.
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

/// As the settings of `bayesianoptimization` say, whose defaults stand there.
struct GaussianOptions {
  /// Trials that must have ended, one of them with a value, before the model is asked; they follow
  /// a Sobol sequence.
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
    /// NaN if the trial has ended without.
    double value = 0;
  };

  /// The order in which trials are preferred.
  static double RankOf(const Known& known) {
    return std::isnan(known.value) ? HUGE_VAL : known.value;
  }

  void ObserveOne(const ObservedTrial& trial);
  [[nodiscard]] bool HasModel() const {
    return has_value_ && ended_.size() >= options_.startup_trials;
  }
  [[nodiscard]] Proposal Draw(std::uint64_t ordinal, std::uint32_t attempt);
  /// Brings the process up to all that is known, with the running trials at its end.
  void UpdateProcess();
  /// How many of the ended trials, the first ones, the kernel's parameters are fitted to.
  [[nodiscard]] std::size_t FittedCount() const;
  /// Chooses and fits anew if those trials are others than before.
  void UpdateBase();
  void Fit();
  [[nodiscard]] std::vector<std::uint64_t> EndedRows() const;
  /// Adds a trial that is believed to end as the process expects.
  void AppendRunning(const Point& point);
  /// Whether a trial that the process knows of is there, an ended one or a running one.
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
  /// Whether any of those that have ended has a value.
  bool has_value_ = false;

  /// How many of the first ended trials were fitted, 0 if others have come among them; the last of
  /// them; and those that stand for all of them.
  std::size_t fitted_ = 0;
  std::uint64_t last_fitted_ = 0;
  std::vector<std::uint64_t> base_;
  /// The ended trials that are rows of the process, in its order. Running ones follow.
  std::vector<std::uint64_t> rows_;
  /// The value to improve on.
  double best_ = 0;
  std::vector<Point> incumbents_;
  /// What the last search found and no trial has, for further attempts at the same ordinal.
  std::vector<RankedPoint> ranked_;
};

}  // namespace hone::algorithms
