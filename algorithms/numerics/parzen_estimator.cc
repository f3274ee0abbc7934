#include "algorithms/numerics/parzen_estimator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numbers>
#include <numeric>

#include "algorithms/numerics/log_sum_exp.h"
#include "proto/model/normal_distribution.h"
#include "proto/model/result.h"

namespace hone::algorithms {
namespace {

using Kind = Axis::Kind;

/// Kernels whose logarithms are worked out together: what they need stays in the first cache.
constexpr std::size_t kBlock = 256;
constexpr std::size_t kLanes = LogSumExp::kLanes;
static_assert(kBlock % kLanes == 0);
/// The trials that weigh 1.
constexpr std::size_t kNewest = 25;
/// A mass below this is as good as none, and its logarithm is finite.
constexpr double kLeastMass = 1e-30;

double MassBetween(double from, double to, double center, double width) {
  return NormalProbability((to - center) / width) - NormalProbability((from - center) / width);
}

double LogOfNormal(double coordinate, double center, double width) {
  const double z = (coordinate - center) / width;
  const double scale = width * std::sqrt(2 * std::numbers::pi) * MassBetween(0, 1, center, width);
  return -z * z / 2 - std::log(scale);
}

/// The logarithm of the mass of a kernel over each cell of an axis.
std::vector<double> LogMasses(const Axis& cells, double center, double width) {
  const double all = MassBetween(0, 1, center, width);
  std::vector<double> logs;
  logs.reserve(cells.count());
  for (std::size_t cell = 0; cell < cells.count(); ++cell) {
    const double mass = MassBetween(cells.Edge(cell), cells.Edge(cell + 1), center, width) / all;
    logs.push_back(std::log(std::max(mass, kLeastMass)));
  }
  return logs;
}

}  // namespace

ParzenEstimator::ParzenEstimator(std::span<const Axis> axes, double prior_weight)
    : axes_(axes), prior_weight_(prior_weight), columns_(axes.size()) {
  for (std::size_t axis = 0; axis < axes.size(); ++axis) {
    ShapePrior(axis);
  }
}

std::size_t ParzenEstimator::IndexOf(std::uint64_t ordinal) const {
  const auto found = std::lower_bound(ordinals_.begin(), ordinals_.end(), ordinal);
  HONE_CHECK(found != ordinals_.end() && *found == ordinal);
  return static_cast<std::size_t>(found - ordinals_.begin());
}

double ParzenEstimator::Floor() const {
  return 1 / std::min(100.0, static_cast<double>(ordinals_.size()) + 2);
}

double ParzenEstimator::Width(double gap) const {
  return std::clamp(gap, Floor(), 1.0);
}

double ParzenEstimator::PriorWidth(const Axis& axis) {
  return axis.prior_deviation() > 0 ? axis.prior_deviation() : 1;
}

void ParzenEstimator::Add(std::uint64_t ordinal, std::span<const double> point) {
  const auto place = std::lower_bound(ordinals_.begin(), ordinals_.end(), ordinal);
  HONE_CHECK(ordinal > 0 && (place == ordinals_.end() || *place != ordinal));
  const auto index = static_cast<std::size_t>(place - ordinals_.begin());
  const double floor = Floor();
  ordinals_.insert(place, ordinal);
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    InsertInto(axis, index, point[axis], ordinal);
  }
  if (Floor() != floor) {
    ShapeAll();
  }
}

void ParzenEstimator::Remove(std::uint64_t ordinal) {
  const std::size_t index = IndexOf(ordinal);
  const double floor = Floor();
  ordinals_.erase(ordinals_.begin() + static_cast<std::ptrdiff_t>(index));
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    RemoveFrom(axis, index, ordinal);
  }
  if (Floor() != floor) {
    ShapeAll();
  }
}

void ParzenEstimator::InsertInto(std::size_t axis,
                                 std::size_t index,
                                 double coordinate,
                                 std::uint64_t ordinal) {
  const Kind kind = axes_[axis].kind();
  Column& column = columns_[axis];
  const auto at = static_cast<std::ptrdiff_t>(index);
  const auto center = static_cast<float>(coordinate);
  if (kind == Kind::kCategories) {
    column.rows.insert(column.rows.begin() + at, static_cast<std::uint32_t>(coordinate));
  }
  if (kind == Kind::kFixed || kind == Kind::kCategories) {
    return;
  }
  column.centers.insert(column.centers.begin() + at, center);
  for (auto* values : {&column.gaps, &column.inverse_widths, &column.log_scales}) {
    values->insert(values->begin() + at, 0.0F);
  }
  column.rows.insert(column.rows.begin() + at, 0);
  const auto place = column.places.emplace(center, ordinal).first;
  Measure(axis, place);
  if (place != column.places.begin()) {
    Measure(axis, std::prev(place));
  }
  if (std::next(place) != column.places.end()) {
    Measure(axis, std::next(place));
  }
}

void ParzenEstimator::RemoveFrom(std::size_t axis, std::size_t index, std::uint64_t ordinal) {
  const Kind kind = axes_[axis].kind();
  Column& column = columns_[axis];
  const auto at = static_cast<std::ptrdiff_t>(index);
  if (kind == Kind::kFixed) {
    return;
  }
  column.rows.erase(column.rows.begin() + at);
  if (kind == Kind::kCategories) {
    return;
  }
  const auto place = column.places.find({column.centers[index], ordinal});
  for (auto* values : {&column.centers, &column.gaps, &column.inverse_widths, &column.log_scales}) {
    values->erase(values->begin() + at);
  }
  const auto after = column.places.erase(place);
  if (after != column.places.end()) {
    Measure(axis, after);
  }
  if (after != column.places.begin()) {
    Measure(axis, std::prev(after));
  }
}

void ParzenEstimator::Measure(std::size_t axis, Places::const_iterator place) {
  Column& column = columns_[axis];
  const auto after = std::next(place);
  const double center = place->first;
  double gap = 0;
  if (column.places.size() == 1) {
    gap = std::max(center, 1 - center);
  }
  if (place != column.places.begin()) {
    gap = std::max(gap, center - std::prev(place)->first);
  }
  if (after != column.places.end()) {
    gap = std::max(gap, after->first - center);
  }
  const std::size_t index = IndexOf(place->second);
  column.gaps[index] = static_cast<float>(gap);
  Shape(axis, index);
}

void ParzenEstimator::Shape(std::size_t axis, std::size_t index) {
  Column& column = columns_[axis];
  const double center = column.centers[index];
  const double width = Width(column.gaps[index]);
  column.inverse_widths[index] = static_cast<float>(1 / width);
  if (axes_[axis].kind() == Kind::kCells) {
    column.rows[index] = RowFor(axis, center, width);
  } else {
    column.log_scales[index] = static_cast<float>(LogOfNormal(center, center, width));
  }
}

void ParzenEstimator::ShapeAll() {
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    for (std::size_t index = 0; index < columns_[axis].gaps.size(); ++index) {
      Shape(axis, index);
    }
  }
}

std::uint32_t ParzenEstimator::RowFor(std::size_t axis, double center, double width) {
  Column& column = columns_[axis];
  const Axis& cells = axes_[axis];
  const auto next = static_cast<std::uint32_t>(column.row_of.size());
  const auto [found, is_new] = column.row_of.try_emplace({cells.CellAt(center), width}, next);
  if (is_new) {
    for (const double mass : LogMasses(cells, center, width)) {
      column.masses.push_back(static_cast<float>(mass));
    }
  }
  return found->second;
}

double ParzenEstimator::WeightOf(std::size_t index) const {
  const std::size_t count = ordinals_.size();
  if (count <= kNewest || index + kNewest >= count) {
    return 1;
  }
  const std::size_t older = count - kNewest;
  const double oldest = 1 / static_cast<double>(count);
  return older == 1
             ? oldest
             : std::lerp(oldest, 1.0, static_cast<double>(index) / static_cast<double>(older - 1));
}

std::vector<double> ParzenEstimator::LogDensity(std::span<const std::vector<double>> points) const {
  // Whole lanes: what fills up the last ones weighs nothing.
  std::vector<float> weights((ordinals_.size() + kLanes - 1) / kLanes * kLanes, 0.0F);
  for (std::size_t i = 0; i < ordinals_.size(); ++i) {
    weights[i] = static_cast<float>(WeightOf(i));
  }
  const double all = std::accumulate(weights.begin(), weights.end(), prior_weight_);
  std::vector<double> logs;
  logs.reserve(points.size());
  for (const std::vector<double>& point : points) {
    logs.push_back(LogSum(point, weights) - std::log(all));
  }
  return logs;
}

double ParzenEstimator::LogSum(const std::vector<double>& point,
                               std::span<const float> weights) const {
  LogSumExp sum(PriorLogDensity(point), prior_weight_);
  std::array<float, kBlock> buffer{};
  for (std::size_t first = 0; first < weights.size(); first += kBlock) {
    const std::size_t count = std::min(kBlock, ordinals_.size() - first);
    const std::span<float> logs(buffer.data(), std::min(kBlock, weights.size() - first));
    std::fill(logs.begin(), logs.end(), 0.0F);
    std::fill(logs.begin() + static_cast<std::ptrdiff_t>(count), logs.end(), LogSumExp::kNothing);
    for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
      AddAxisTo(axis, point[axis], first, logs.first(count));
    }
    sum.Add(logs, weights.subspan(first, logs.size()));
  }
  return sum.Log();
}

void ParzenEstimator::AddAxisTo(std::size_t axis,
                                double coordinate,
                                std::size_t first,
                                std::span<float> logs) const {
  const Column& column = columns_[axis];
  const Axis& shape = axes_[axis];
  switch (shape.kind()) {
    case Kind::kFixed:
      return;
    case Kind::kContinuous: {
      const auto x = static_cast<float>(coordinate);
      const float* const centers = column.centers.data() + first;
      const float* const inverse_widths = column.inverse_widths.data() + first;
      const float* const log_scales = column.log_scales.data() + first;
      for (std::size_t i = 0; i < logs.size(); ++i) {
        const float z = (x - centers[i]) * inverse_widths[i];
        logs[i] += log_scales[i] - 0.5F * z * z;
      }
      return;
    }
    case Kind::kCells: {
      const float* const masses = column.masses.data() + shape.CellAt(coordinate);
      for (std::size_t i = 0; i < logs.size(); ++i) {
        logs[i] += masses[column.rows[first + i] * shape.count()];
      }
      return;
    }
    case Kind::kCategories: {
      const double share = prior_weight_ / (static_cast<double>(ordinals_.size()) + 1);
      const double all = 1 + share * static_cast<double>(shape.count());
      const auto same = static_cast<float>(std::log((1 + share) / all));
      const auto other = static_cast<float>(std::log(share / all));
      const auto category = static_cast<std::uint32_t>(coordinate);
      for (std::size_t i = 0; i < logs.size(); ++i) {
        logs[i] += column.rows[first + i] == category ? same : other;
      }
      return;
    }
  }
}

void ParzenEstimator::ShapePrior(std::size_t axis) {
  Column& column = columns_[axis];
  const Axis& shape = axes_[axis];
  const double width = PriorWidth(shape);
  if (shape.kind() == Kind::kContinuous) {
    column.prior_log_scale = LogOfNormal(0.5, 0.5, width);
  } else if (shape.kind() == Kind::kCells) {
    column.prior_masses = LogMasses(shape, 0.5, width);
  } else if (shape.kind() == Kind::kCategories) {
    const auto count = static_cast<double>(shape.count());
    column.prior_masses.assign(shape.count(), -std::log(count));
  }
}

double ParzenEstimator::PriorLogDensity(const std::vector<double>& point) const {
  double log = 0;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const Axis& axis = axes_[i];
    const Column& column = columns_[i];
    if (axis.kind() == Kind::kContinuous) {
      const double z = (point[i] - 0.5) / PriorWidth(axis);
      log += column.prior_log_scale - z * z / 2;
    } else if (axis.kind() == Kind::kCells) {
      log += column.prior_masses[axis.CellAt(point[i])];
    } else if (axis.kind() == Kind::kCategories) {
      log += column.prior_masses[static_cast<std::size_t>(point[i])];
    }
  }
  return log;
}

std::vector<double> ParzenEstimator::Sample(CounterRandom& random) const {
  double weights = prior_weight_;
  for (std::size_t i = 0; i < ordinals_.size(); ++i) {
    weights += WeightOf(i);
  }
  // The kernel number size() is the prior's.
  double rest = random.Uniform() * weights;
  std::size_t kernel = 0;
  while (kernel < ordinals_.size() && rest >= WeightOf(kernel)) {
    rest -= WeightOf(kernel);
    ++kernel;
  }
  std::vector<double> point(axes_.size());
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    point[axis] = SampleAxis(axis, kernel, random);
  }
  return point;
}

double ParzenEstimator::SampleAxis(std::size_t axis,
                                   std::size_t kernel,
                                   CounterRandom& random) const {
  const Column& column = columns_[axis];
  const Axis& shape = axes_[axis];
  const bool is_prior = kernel == ordinals_.size();
  const double uniform = random.Uniform();
  if (shape.kind() == Kind::kFixed) {
    return shape.ToModel(shape.ToValue(0));
  }
  if (shape.kind() == Kind::kCategories) {
    const auto count = static_cast<double>(shape.count());
    const double share = prior_weight_ / (static_cast<double>(ordinals_.size()) + 1);
    const double all = is_prior ? count : 1 / share + count;
    const double at = uniform * all;
    return at < count ? std::floor(at) : static_cast<double>(column.rows[kernel]);
  }
  const double center = is_prior ? 0.5 : static_cast<double>(column.centers[kernel]);
  const double width = is_prior ? PriorWidth(shape) : Width(column.gaps[kernel]);
  const double coordinate =
      TruncatedNormal{.mean = center, .deviation = width, .from = 0, .to = 1}.Quantile(uniform);
  return shape.ToModel(shape.ToValue(coordinate));
}

}  // namespace hone::algorithms
