#include "algorithms/numerics/axis.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "proto/model/observation.h"

namespace hone::algorithms {

Axis::Axis(const Parameter& parameter) : parameter_(parameter) {
  const std::optional<std::uint64_t> cardinality = parameter.Cardinality();
  if (parameter.low == parameter.high) {
    kind_ = Kind::kFixed;
    return;
  }
  if (parameter.type == ParameterType::kCategorical) {
    kind_ = Kind::kCategories;
    count_ = parameter.values.size();
    return;
  }
  if (parameter.type == ParameterType::kDiscrete) {
    RankList();
  }
  const double half = parameter_.step / 2;
  // As Parameter::Quantile: on a log scale the first cell may not reach zero.
  const double first =
      parameter.IsLog() ? std::max(parameter.low - half, parameter.low / 2) : parameter.low - half;
  from_ = Bend(half == 0 ? parameter.low : first);
  to_ = Bend(parameter.high + half);
  if (parameter.distribution == Distribution::kNormal ||
      parameter.distribution == Distribution::kLogNormal) {
    prior_deviation_ = (ShareOf(Bend(parameter.high)) - ShareOf(Bend(parameter.low))) / 6;
  }
  if (cardinality && *cardinality <= kCellsMax) {
    kind_ = Kind::kCells;
    count_ = static_cast<std::size_t>(*cardinality);
    MakeCells();
  }
}

void Axis::RankList() {
  const std::size_t size = parameter_.values.size();
  std::vector<double> numbers;
  numbers.reserve(size);
  for (const std::string& text : parameter_.values) {
    numbers.push_back(ParseNumber(text).value_or(0));
  }
  index_of_.resize(size);
  std::iota(index_of_.begin(), index_of_.end(), 0U);
  std::sort(index_of_.begin(), index_of_.end(), [&](std::size_t a, std::size_t b) {
    return numbers[a] < numbers[b];
  });
  rank_of_.resize(size);
  for (std::size_t rank = 0; rank < size; ++rank) {
    rank_of_[index_of_[rank]] = rank;
  }
  // From here on the values are ranks.
  parameter_.step = 1;
}

void Axis::MakeCells() {
  edges_.push_back(0);
  for (std::size_t cell = 1; cell < count_; ++cell) {
    const double before = parameter_.low + (static_cast<double>(cell) - 0.5) * parameter_.step;
    edges_.push_back(ShareOf(Bend(before)));
  }
  edges_.push_back(1);
  for (std::size_t cell = 0; cell < count_; ++cell) {
    values_.push_back(ToModel(ToValue((edges_[cell] + edges_[cell + 1]) / 2)));
  }
}

double Axis::Bend(double value) const {
  return parameter_.IsLog() ? std::log(value) : value;
}

double Axis::ShareOf(double bent) const {
  if (const double length = to_ - from_; std::isfinite(length)) {
    return (bent - from_) / length;
  }
  return (bent / 2 - from_ / 2) / (to_ / 2 - from_ / 2);
}

double Axis::ToModel(double value) const {
  if (kind_ == Kind::kFixed || kind_ == Kind::kCategories || std::isnan(value)) {
    return value;
  }
  const double number =
      rank_of_.empty() ? value : static_cast<double>(rank_of_[static_cast<std::size_t>(value)]);
  return std::clamp(ShareOf(Bend(number)), 0.0, 1.0);
}

double Axis::ToValue(double coordinate) const {
  if (std::isnan(coordinate)) {
    return coordinate;
  }
  switch (kind_) {
    case Kind::kFixed:
      return parameter_.low;
    case Kind::kCategories:
      return coordinate;
    case Kind::kCells: {
      const std::size_t cell = CellAt(coordinate);
      return index_of_.empty() ? parameter_.ValueAt(cell) : static_cast<double>(index_of_[cell]);
    }
    case Kind::kContinuous:
      break;
  }
  const double bent = std::lerp(from_, to_, std::clamp(coordinate, 0.0, 1.0));
  const double number = parameter_.Snap(parameter_.IsLog() ? std::exp(bent) : bent);
  return index_of_.empty() ? number
                           : static_cast<double>(index_of_[static_cast<std::size_t>(number)]);
}

double Axis::Snap(double coordinate) const {
  if (kind_ == Kind::kContinuous && parameter_.step == 0) {
    return std::clamp(coordinate, 0.0, 1.0);
  }
  if (kind_ == Kind::kCells) {
    return values_[CellAt(coordinate)];
  }
  return ToModel(ToValue(coordinate));
}

std::size_t Axis::CellAt(double coordinate) const {
  // The last cell that begins at or before the coordinate. Branchless, since a branch would be
  // mispredicted half of the time.
  std::size_t cell = 0;
  for (std::size_t left = count_; left > 1; left -= left / 2) {
    const std::size_t half = left / 2;
    cell += half * static_cast<std::size_t>(edges_[cell + half] <= coordinate);
  }
  return cell;
}

std::vector<Axis> MakeAxes(const SearchSpace& space) {
  return {space.parameters().begin(), space.parameters().end()};
}

std::vector<double> ToModel(std::span<const Axis> axes, const Point& point) {
  std::vector<double> model(axes.size());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    model[i] = axes[i].ToModel(point[i]);
  }
  return model;
}

bool IsActive(std::span<const Axis> axes, std::size_t axis, std::span<const double> model) {
  const std::optional<Parameter::Parent>& parent = axes[axis].parent();
  if (!parent) {
    return true;
  }
  const double coordinate = model[parent->index];
  if (std::isnan(coordinate)) {
    return false;
  }
  const double value = axes[parent->index].ToValue(coordinate);
  return std::find(parent->values.begin(), parent->values.end(), value) != parent->values.end();
}

}  // namespace hone::algorithms
