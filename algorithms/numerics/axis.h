// Axis: one parameter as a model sees it. Numbers become a coordinate in [0, 1], linear or
// logarithmic as the parameter is, in which a value with a step owns a cell; a discrete list of
// numbers becomes cells of equal width in the order of its numbers; categories have no order.
// Immutable; any thread may use it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "proto/model/search_space.h"

namespace hone::algorithms {

class Axis {
 public:
  /// kFixed: there is only one value. kCells: at most kCellsMax ordered values. kContinuous: all
  /// other numbers, including those with a very fine step.
  enum class Kind { kFixed, kContinuous, kCells, kCategories };
  static constexpr std::uint64_t kCellsMax = 128;

  explicit Axis(const Parameter& parameter);

  [[nodiscard]] Kind kind() const { return kind_; }
  /// True if coordinates have a distance: kContinuous and kCells.
  [[nodiscard]] bool IsNumber() const {
    return kind_ == Kind::kContinuous || kind_ == Kind::kCells;
  }
  /// The number of cells or categories; 0 if continuous.
  [[nodiscard]] std::size_t count() const { return count_; }

  /// The condition under which a point has the parameter. Nothing: always.
  [[nodiscard]] const std::optional<Parameter::Parent>& parent() const { return parameter_.parent; }

  /// The coordinate of a number; the index of a category. NaN stays NaN.
  [[nodiscard]] double ToModel(double value) const;
  /// The legal value nearest to a coordinate. NaN stays NaN.
  [[nodiscard]] double ToValue(double coordinate) const;
  /// The coordinate of the legal value nearest to a coordinate.
  [[nodiscard]] double Snap(double coordinate) const;
  /// kCells: the cell in which a coordinate lies, and where cell number `cell` begins (number
  /// `count()` does at 1).
  [[nodiscard]] std::size_t CellAt(double coordinate) const;
  [[nodiscard]] double Edge(std::size_t cell) const { return edges_[cell]; }

  /// The prior of a coordinate: normal around 1/2, cut to [0, 1], or uniform if its deviation is 0.
  [[nodiscard]] double prior_deviation() const { return prior_deviation_; }

 private:
  /// A number on the axis's scale (linear or logarithmic), before it is normalised to [0, 1].
  [[nodiscard]] double Bend(double value) const;
  /// The position of such a number between the ends of the axis: 0 to 1.
  [[nodiscard]] double ShareOf(double bent) const;
  void MakeCells();
  void RankList();

  Parameter parameter_;
  Kind kind_ = Kind::kContinuous;
  std::size_t count_ = 0;
  double from_ = 0;
  double to_ = 1;
  double prior_deviation_ = 0;
  /// kCells: the start of each cell, and 1 at the end.
  std::vector<double> edges_;
  /// kCells: the coordinate of the value of each cell.
  std::vector<double> values_;
  /// Discrete lists: the rank of each index, and the index of each rank.
  std::vector<std::size_t> rank_of_;
  std::vector<std::size_t> index_of_;
};

/// The axes of all parameters, in order.
std::vector<Axis> MakeAxes(const SearchSpace& space);
/// The model's coordinates of a point: a coordinate or category per axis, NaN where it is not
/// active.
std::vector<double> ToModel(std::span<const Axis> axes, const Point& point);
/// True if a point with these coordinates on the axes before `axis` has that axis too.
bool IsActive(std::span<const Axis> axes, std::size_t axis, std::span<const double> model);

}  // namespace hone::algorithms
