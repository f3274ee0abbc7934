// AxisKernels: the shapes that kernels have on one axis. A number's kernel is a normal cut to
// [0, 1]; a cell has the mass that the kernel has over it. It is as wide as the larger gap to the
// neighbouring trials that have the axis, at least 1 / min(100, such trials + 2) and at most 1. A
// category's kernel is 1 for itself plus a share of the prior for all. The prior's kernel on an
// axis is also that of a trial without it. One owner, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "algorithms/numerics/axis.h"
#include "algorithms/numerics/counter_random.h"
#include "algorithms/numerics/sorted_places.h"

namespace hone::algorithms {

/// A normal kernel. Centers and widths are kept as they are summed.
struct NormalKernel {
  float center = 0.5F;
  float inverse_width = 1;
  /// What the kernel is divided by to integrate to 1.
  [[nodiscard]] double Scale() const;
  /// A coordinate in [0, 1] drawn from it.
  [[nodiscard]] double Sample(CounterRandom& random) const;
};

class AxisKernels {
 public:
  explicit AxisKernels(const Axis& axis);

  [[nodiscard]] const Axis& axis() const { return *axis_; }

  /// The number of trials that have the axis, and the places of their values if they are numbers.
  std::size_t trials = 0;
  SortedPlaces places;
  /// The minimum width with which the kernels were computed; Floor() is the one that applies now.
  double shaped_floor = kLeastFloor;
  [[nodiscard]] double Floor() const;
  static constexpr double kLeastFloor = 0.01;

  [[nodiscard]] static double Width(double gap, double floor);
  [[nodiscard]] static NormalKernel Normal(double center, double width);
  [[nodiscard]] const NormalKernel& prior() const { return prior_; }
  /// The logarithm of the prior's density at a coordinate, its mass in a cell or category.
  [[nodiscard]] double PriorLog(double coordinate) const;

  /// kCells: the row of a kernel in the table of masses. Rows are kept until ForgetRows().
  static constexpr std::uint32_t kPriorRow = 0;
  [[nodiscard]] std::uint32_t RowFor(double center, double width);
  [[nodiscard]] const NormalKernel& KernelOf(std::uint32_t row) const { return kernels_[row]; }
  [[nodiscard]] std::size_t rows() const { return kernels_.size(); }
  void ForgetRows();
  /// kCells: log mass of each cell, one row after another.
  [[nodiscard]] const float* masses() const { return masses_.data(); }

  /// kCells: floats on either side of a cell, never inside it.
  struct CellSpan {
    float low = 0;
    float high = 0;
  };
  [[nodiscard]] const CellSpan& SpanOf(std::size_t cell) const { return spans_[cell]; }

  /// kCategories: the row of a trial that has none.
  [[nodiscard]] std::uint32_t NoCategory() const {
    return static_cast<std::uint32_t>(axis_->count());
  }
  /// kCategories: log mass that a kernel has for its own category and for each other one.
  struct CategoryLogs {
    float same = 0;
    float other = 0;
    float none = 0;
  };
  [[nodiscard]] CategoryLogs LogsOfCategories(double prior_weight) const;

 private:
  const Axis* axis_;
  NormalKernel prior_;
  double prior_log_scale_ = 0;
  std::map<std::pair<std::size_t, double>, std::uint32_t> row_of_;
  std::vector<NormalKernel> kernels_;
  std::vector<float> masses_;
  std::vector<CellSpan> spans_;
};

}  // namespace hone::algorithms
