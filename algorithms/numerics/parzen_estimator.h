// ParzenEstimator: a density over points, the weighted mean of one product kernel a trial and one
// for the prior (Bergstra, Bardenet, Bengio, Kegl, "Algorithms for hyper-parameter optimization",
// NIPS 2011; joint over the parameters as in Falkner, Klein, Hutter, "BOHB", ICML 2018).
//
// A number's kernel is a normal cut to [0, 1]; it is as wide as the larger gap to the neighbouring
// trials on its axis, at least 1 / min(100, trials + 2) and at most 1; the prior's is as wide as 1.
// A cell has the mass that the kernel has over it. A category's kernel is 1 for itself plus a share
// of the prior for all. The newest 25 trials weigh 1 each, the older ones less, down to 1 / n for
// the oldest.
//
// Adding or removing a trial costs O(axes * log(trials)) and moves at most two other widths an
// axis. One owner, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "algorithms/numerics/axis.h"
#include "algorithms/numerics/counter_random.h"

namespace hone::algorithms {

class ParzenEstimator {
 public:
  /// `axes` outlive the estimator. `prior_weight` > 0 is what the prior's kernel weighs.
  ParzenEstimator(std::span<const Axis> axes, double prior_weight);

  /// Adds the kernel of a trial at `point` (one coordinate an axis). Ordinals are from 1 and not
  /// yet here.
  void Add(std::uint64_t ordinal, std::span<const double> point);
  /// Removes the kernel of a trial that is here.
  void Remove(std::uint64_t ordinal);

  /// A point drawn from the density.
  [[nodiscard]] std::vector<double> Sample(CounterRandom& random) const;
  /// The logarithm of the density at each of `points` (mass where an axis has cells or categories).
  [[nodiscard]] std::vector<double> LogDensity(std::span<const std::vector<double>> points) const;

 private:
  using Places = std::set<std::pair<double, std::uint64_t>>;
  /// The kernels on one axis, in the order of ordinals_.
  struct Column {
    std::vector<float> centers;
    /// The larger gap to a neighbour, before it is bounded.
    std::vector<float> gaps;
    std::vector<float> inverse_widths;
    /// kContinuous: log of what makes the kernel integrate to 1. kCells: 0.
    std::vector<float> log_scales;
    /// kCells: the row of the kernel in `masses`. kCategories: the category.
    std::vector<std::uint32_t> rows;
    /// The kernels by place: (coordinate, ordinal).
    Places places;
    /// The prior's kernel. kContinuous: log_scales; kCells and kCategories: log mass of each.
    double prior_log_scale = 0;
    std::vector<double> prior_masses;
    /// kCells: log mass of every cell for each (cell, width) that has occurred.
    std::map<std::pair<std::size_t, double>, std::uint32_t> row_of;
    std::vector<float> masses;
  };

  /// What kernel number `index` weighs, from the oldest trial to the newest; not normalised.
  [[nodiscard]] double WeightOf(std::size_t index) const;
  [[nodiscard]] std::size_t IndexOf(std::uint64_t ordinal) const;
  [[nodiscard]] double Floor() const;
  [[nodiscard]] double Width(double gap) const;
  /// The width of the prior's kernel on an axis.
  [[nodiscard]] static double PriorWidth(const Axis& axis);
  void InsertInto(std::size_t axis, std::size_t index, double coordinate, std::uint64_t ordinal);
  void RemoveFrom(std::size_t axis, std::size_t index, std::uint64_t ordinal);
  /// Measures the gaps of the kernel at `place` again.
  void Measure(std::size_t axis, Places::const_iterator place);
  /// What follows from the gap of a kernel.
  void Shape(std::size_t axis, std::size_t index);
  void ShapeAll();
  [[nodiscard]] std::uint32_t RowFor(std::size_t axis, double center, double width);
  /// The logarithm of the weighted sum of all kernels; `weights` fills whole lanes.
  [[nodiscard]] double LogSum(const std::vector<double>& point,
                              std::span<const float> weights) const;
  void ShapePrior(std::size_t axis);
  [[nodiscard]] double PriorLogDensity(const std::vector<double>& point) const;
  void AddAxisTo(std::size_t axis,
                 double coordinate,
                 std::size_t first,
                 std::span<float> logs) const;
  [[nodiscard]] double SampleAxis(std::size_t axis,
                                  std::size_t kernel,
                                  CounterRandom& random) const;

  std::span<const Axis> axes_;
  double prior_weight_;
  /// Ascending.
  std::vector<std::uint64_t> ordinals_;
  std::vector<Column> columns_;
};

}  // namespace hone::algorithms
