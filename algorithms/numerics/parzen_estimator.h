// ParzenEstimator: a density over points, the weighted mean of one product kernel per trial and one
// for the prior (Bergstra, Bardenet, Bengio, Kegl, "Algorithms for hyper-parameter optimization",
// NIPS 2011; joint over the parameters as in Falkner, Klein, Hutter, "BOHB", ICML 2018).
//
// Where parameters are conditional, a point has the axes that its values make active. Kernels are
// over the axes that their trial has; on any other axis they equal the prior. So the density covers
// points with any set of active axes, sampled from the parents down.
//
// Kernels, widths and weights: axis_kernels.h, kernel_sum.h. Adding or removing a trial costs
// O(axes * log(trials)) and changes at most two other widths per axis; computing a density omits
// kernels that are too far away to matter, together less than KernelSum::kTolerance of the sum.
// Everything is a function of the set of trials. One owner, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "algorithms/numerics/axis_kernels.h"
#include "algorithms/numerics/counter_random.h"
#include "algorithms/numerics/kernel_sum.h"
#include "algorithms/numerics/kernel_tree.h"

namespace hone::algorithms {

class ParzenEstimator {
 public:
  /// `axes` outlive the estimator. `prior_weight` > 0 is the weight of the prior's kernel.
  ParzenEstimator(std::span<const Axis> axes, double prior_weight);
  ParzenEstimator(const ParzenEstimator&) = delete;
  ParzenEstimator& operator=(const ParzenEstimator&) = delete;
  ~ParzenEstimator() = default;

  /// Adds the kernel of a trial at `point` (one coordinate per axis, NaN where it is not active).
  /// Ordinals start at 1; `ordinal` must not have a kernel yet.
  void Add(std::uint64_t ordinal, std::span<const double> point);
  /// Removes the kernel of a trial, which must have one.
  void Remove(std::uint64_t ordinal);
  [[nodiscard]] bool Contains(std::uint64_t ordinal) const;
  /// The position of a trial's kernel, to the precision of a float.
  [[nodiscard]] std::vector<double> PointOf(std::uint64_t ordinal) const;

  /// A point drawn from the density.
  [[nodiscard]] std::vector<double> Sample(CounterRandom& random);
  /// The logarithm of the density at each of `points` (mass where an axis has cells or categories).
  [[nodiscard]] std::vector<double> LogDensity(std::span<const std::vector<double>> points);

  struct Choice {
    std::size_t index = 0;
    /// LogDensity at the chosen point.
    double log_density = 0;
  };
  /// The point where logs[i] - LogDensity(points[i]) is largest. The densities of other points are
  /// computed only as far as needed to exclude them. `points` must not be empty.
  [[nodiscard]] Choice Rarest(std::span<const std::vector<double>> points,
                              std::span<const double> logs);

 private:
  [[nodiscard]] std::size_t RankOf(std::uint64_t ordinal) const;
  [[nodiscard]] std::uint32_t NewSlot(std::uint64_t ordinal, std::span<const double> point);
  [[nodiscard]] std::span<const float> PointAt(std::uint32_t slot) const;
  /// Writes a kernel's place, width and row on an axis into `kernel`, and updates the neighbours.
  void AddTo(std::size_t axis, std::uint32_t slot, ProductKernel& kernel);
  /// Sets the widths of kernels other than `except` according to their gaps.
  void Follow(std::size_t axis, std::uint32_t except);
  void Shape(std::size_t axis, std::uint32_t slot, double width);
  /// Updates widths, scales and bounds.
  void Refresh();
  /// Recomputes the kernels after the minimum width of an axis has changed.
  void Reshape(std::size_t axis);
  [[nodiscard]] double LogOfWeights() const;
  [[nodiscard]] double SampleAxis(std::size_t axis,
                                  std::uint32_t slot,
                                  KernelTree::Spot spot,
                                  CounterRandom& random) const;

  std::span<const Axis> axes_;
  double prior_weight_;
  /// The trials by rank: ordinals ascending, and the slot of each.
  std::vector<std::uint64_t> ordinals_;
  std::vector<std::uint32_t> slots_;
  /// By slot: the ordinal, and one coordinate per axis.
  std::vector<std::uint64_t> ordinal_of_;
  std::vector<float> points_;
  std::vector<std::uint32_t> free_slots_;
  std::vector<AxisKernels> kernels_;
  KernelTree tree_;
  /// Members only to reuse their memory.
  std::vector<SortedPlaces::Moved> moved_;
  std::vector<KernelSum> sums_;
};

}  // namespace hone::algorithms
