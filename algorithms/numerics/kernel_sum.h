// KernelSum: the logarithm of the weighted sum of all kernels of a tree at one point, computed step
// by step, the nearest kernels first. At any time it is a lower bound of the complete sum; at the
// end the omitted terms are less than kTolerance of it. It borrows the tree, which must not change
// meanwhile. One owner, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "algorithms/numerics/kernel_tree.h"
#include "algorithms/numerics/log_sum_exp.h"

namespace hone::algorithms {

/// The weights of kernels by rank: 1 for each of the newest 25 trials, decreasing for older ones,
/// down to 1 / n for the oldest.
class RankWeights {
 public:
  explicit RankWeights(std::size_t count);
  [[nodiscard]] float Of(float rank) const {
    const float weight = first_ + slope_ * rank;
    return weight < 1 ? weight : 1;
  }
  /// Fills weights.size() weights, in whole lanes.
  void Weigh(const float* ranks, std::span<float> weights) const {
    wide::WeighRanks(ranks, weights.size(), first_, slope_, weights.data());
  }
  /// The sum of the weights of all kernels.
  [[nodiscard]] double Sum() const;

 private:
  static constexpr std::size_t kNewest = 25;
  std::size_t count_;
  float first_ = 1;
  float slope_ = 0;
};

class KernelSum {
 public:
  static constexpr double kTolerance = 2.5e-7;

  /// Constants that the sums over all trees share.
  struct Terms {
    const KernelTree* tree = nullptr;
    RankWeights weights;
    double prior_weight = 1;
    /// The log of the share of the sum up to which a kernel may be omitted.
    double log_of_share = 0;
    /// For each axis of categories.
    std::vector<AxisKernels::CategoryLogs> categories;
  };
  static Terms MakeTerms(const KernelTree& tree, double prior_weight);

  /// Starts again, with the prior alone. `point` has NaN where an axis is not active. `terms`
  /// outlive the sum. Restarting a sum reuses its memory.
  void Start(const Terms& terms, std::span<const double> point);

  [[nodiscard]] bool IsDone() const { return open_.empty() && coming_.empty(); }
  /// Adds the kernels of the next leaf, if any.
  void Advance();
  [[nodiscard]] double Log() const { return log_; }

 private:
  /// An axis that the point has. On it, the log of a node's kernels is at most max(top + the
  /// bound's scale - z^2 / 2, least), where z is the distance to [low, high] in widths.
  struct Place {
    std::uint32_t axis = 0;
    float low = 0;
    float high = 0;
    float top = 0;
    float least = 0;
    /// The cell or category.
    std::uint32_t value = 0;
    bool is_normal = false;
  };
  struct Open {
    std::uint32_t node = 0;
    float bound = 0;
  };

  /// Returns the log of the prior at the coordinate.
  double AddPlace(std::uint32_t axis, double coordinate);
  [[nodiscard]] float BoundOf(std::uint32_t node) const;
  void AddLeaf(std::uint32_t node);
  /// Adds the terms of an axis to the kernels' logs that do not depend on distances to centers.
  void AddLogs(const Place& place, const KernelLeaf& leaf, std::span<float> logs) const;
  [[nodiscard]] float LogOf(const Place& place, std::uint32_t row) const;
  /// Moves relevant leaves into coming_ until it has `count`, if there are as many.
  void Await(std::size_t count);
  /// Opens the children of an inner node.
  void Expand(const KernelTree::Node& node);
  /// Computes log_ and cutoff_.
  void Measure();

  const Terms* terms_ = nullptr;
  std::vector<Place> places_;
  /// Axes of the leaf being summed.
  std::vector<wide::NormalAxis> normals_;
  LogSumExp sum_{0, 1};
  double log_ = 0;
  /// Kernels with a smaller log are negligible.
  float cutoff_ = 0;
  /// Nodes still to be visited, the nearest last.
  std::vector<Open> open_;
  /// The next leaves, the nearest first, and how many of them have been summed.
  std::vector<Open> coming_;
  std::size_t summed_ = 0;
};

}  // namespace hone::algorithms
