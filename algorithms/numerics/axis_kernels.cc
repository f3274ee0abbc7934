#include "algorithms/numerics/axis_kernels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "proto/model/normal_distribution.h"

namespace hone::algorithms {
namespace {

using Kind = Axis::Kind;

/// Smaller masses are raised to this, so that their logarithm is finite.
constexpr double kLeastMass = 1e-30;
/// Deviations from the center beyond which a tail has less than kLeastMass.
constexpr double kFarthest = 12;

/// The mass farther from the center than `z` deviations, on one side.
double Tail(double z) {
  return std::abs(z) > kFarthest ? 0 : NormalProbability(-std::abs(z));
}

/// The logarithm of the mass of a kernel over each cell of an axis. Tails are subtracted from tails
/// on either side, so that small masses keep their digits.
void AppendLogMasses(const Axis& cells, const NormalKernel& kernel, std::vector<float>& logs) {
  const auto z_at = [&](double edge) {
    return (edge - kernel.center) * kernel.inverse_width;
  };
  const double all = 1 - Tail(z_at(0)) - Tail(z_at(1));
  double from = z_at(0);
  double from_tail = Tail(from);
  for (std::size_t cell = 0; cell < cells.count(); ++cell) {
    const double to = z_at(cells.Edge(cell + 1));
    const double to_tail = Tail(to);
    const bool has_center = from <= 0 && to > 0;
    const double mass = has_center ? 1 - from_tail - to_tail : std::abs(from_tail - to_tail);
    static const double log_of_least = std::log(kLeastMass);
    logs.push_back(static_cast<float>(mass > kLeastMass ? std::log(mass / all) : log_of_least));
    from = to;
    from_tail = to_tail;
  }
}

}  // namespace

double NormalKernel::Scale() const {
  const double width = 1.0 / inverse_width;
  const double mass = 1 - Tail(center / width) - Tail((1 - center) / width);
  return width * std::sqrt(2 * std::numbers::pi) * mass;
}

double NormalKernel::Sample(CounterRandom& random) const {
  // The center is in [0, 1] and the width at most 1: at least a third of all draws are inside.
  constexpr int kDrawsMax = 8;
  const double width = 1.0 / inverse_width;
  for (int i = 0; i < kDrawsMax; ++i) {
    const double coordinate = center + width * NormalQuantileEstimate(random.Uniform());
    if (coordinate >= 0 && coordinate <= 1) {
      return coordinate;
    }
  }
  return TruncatedNormal{.mean = center, .deviation = width, .from = 0, .to = 1}.Quantile(
      random.Uniform());
}

AxisKernels::AxisKernels(const Axis& axis) : axis_(&axis) {
  prior_ = Normal(0.5, axis.prior_deviation() > 0 ? axis.prior_deviation() : 1);
  prior_log_scale_ = -std::log(prior_.Scale());
  if (axis.kind() == Kind::kCategories) {
    prior_log_scale_ = -std::log(static_cast<double>(axis.count()));
  } else if (axis.kind() == Kind::kCells) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    for (std::size_t cell = 0; cell < axis.count(); ++cell) {
      spans_.push_back({std::nextafter(static_cast<float>(axis.Edge(cell)), -kInfinity),
                        std::nextafter(static_cast<float>(axis.Edge(cell + 1)), kInfinity)});
    }
  }
  ForgetRows();
}

double AxisKernels::Floor() const {
  return std::max(kLeastFloor, 1 / (static_cast<double>(trials) + 2));
}

double AxisKernels::Width(double gap, double floor) {
  return std::clamp(gap, floor, 1.0);
}

NormalKernel AxisKernels::Normal(double center, double width) {
  return {static_cast<float>(center), static_cast<float>(1 / width)};
}

double AxisKernels::PriorLog(double coordinate) const {
  switch (axis_->kind()) {
    case Kind::kFixed:
      break;
    case Kind::kContinuous: {
      const double z = (coordinate - prior_.center) * prior_.inverse_width;
      return prior_log_scale_ - z * z / 2;
    }
    case Kind::kCells:
      return masses_[axis_->CellAt(coordinate)];
    case Kind::kCategories:
      return prior_log_scale_;
  }
  return 0;
}

std::uint32_t AxisKernels::RowFor(double center, double width) {
  const auto next = static_cast<std::uint32_t>(kernels_.size());
  const auto [found, is_new] = row_of_.try_emplace({axis_->CellAt(center), width}, next);
  if (is_new) {
    kernels_.push_back(Normal(center, width));
    AppendLogMasses(*axis_, kernels_.back(), masses_);
  }
  return found->second;
}

void AxisKernels::ForgetRows() {
  row_of_.clear();
  kernels_.clear();
  masses_.clear();
  if (axis_->kind() == Kind::kCells) {
    kernels_.push_back(prior_);
    AppendLogMasses(*axis_, prior_, masses_);
  }
}

AxisKernels::CategoryLogs AxisKernels::LogsOfCategories(double prior_weight) const {
  const auto count = static_cast<double>(axis_->count());
  const double share = prior_weight / (static_cast<double>(trials) + 1);
  const double all = 1 + share * count;
  return {static_cast<float>(std::log((1 + share) / all)),
          static_cast<float>(std::log(share / all)),
          static_cast<float>(-std::log(count))};
}

}  // namespace hone::algorithms
