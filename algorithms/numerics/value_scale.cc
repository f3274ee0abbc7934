#include "algorithms/numerics/value_scale.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace hone::algorithms {
namespace {

/// The distance of a failure beyond the worst value, as a share of the range of the values.
constexpr double kFailureMargin = 0.25;

/// The quantile for `share`; `sorted` is not empty.
double QuantileOf(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], at - static_cast<double>(below));
}

std::vector<double> SortedFinite(const std::vector<double>& values) {
  std::vector<double> sorted;
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted), [](double value) {
    return std::isfinite(value);
  });
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

/// Scales to mean 0 and deviation 1; equal values become 0.
void Standardize(Eigen::VectorXd& values) {
  values.array() -= values.mean();
  const double deviation = std::sqrt(values.squaredNorm() / static_cast<double>(values.size()));
  if (deviation > 0) {
    values /= deviation;
  }
}

}  // namespace

Eigen::VectorXd ScaleValues(const std::vector<double>& values) {
  const std::vector<double> sorted = SortedFinite(values);
  Eigen::VectorXd scaled = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(values.size()));
  if (sorted.empty()) {
    return scaled;
  }
  // Avoids overflow; scaling by a power of two is exact.
  const double largest = std::max(std::abs(sorted.front()), std::abs(sorted.back()));
  const double unit = largest > 0 ? std::exp2(std::min(-std::ilogb(largest), 1000)) : 1;
  const double median = QuantileOf(sorted, 0.5) * unit;
  const double spread = median - QuantileOf(sorted, 0.1) * unit;
  const auto compress = [&](double value) {
    const double above = value * unit - median;
    return above > 0 && spread > 0 ? median + spread * std::log1p(above / spread) : value * unit;
  };
  const double best = compress(sorted.front());
  const double worst = compress(sorted.back());
  const double failed = worst + (worst > best ? kFailureMargin * (worst - best) : 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double bound = values[i] < 0 ? sorted.front() : sorted.back();
    scaled[static_cast<Eigen::Index>(i)] =
        std::isnan(values[i]) ? failed : compress(std::isfinite(values[i]) ? values[i] : bound);
  }
  Standardize(scaled);
  return scaled;
}

}  // namespace hone::algorithms
