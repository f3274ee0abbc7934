#include "algorithms/numerics/value_scale.h"

#include <algorithm>
#include <cmath>

namespace hone::algorithms {
namespace {

/// How much worse than the worst value a failure is, as a share of the range of the values.
constexpr double kFailureMargin = 0.25;

/// The value below which a share of the values lies; `sorted` is not empty.
double QuantileOf(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], at - static_cast<double>(below));
}

}  // namespace

Eigen::VectorXd ScaleValues(const std::vector<double>& values) {
  std::vector<double> sorted;
  for (const double value : values) {
    if (std::isfinite(value)) {
      sorted.push_back(value);
    }
  }
  Eigen::VectorXd scaled = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(values.size()));
  if (sorted.empty()) {
    return scaled;
  }
  std::sort(sorted.begin(), sorted.end());
  // So that nothing overflows; a power of two changes no digit.
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
  scaled.array() -= scaled.mean();
  const double deviation = std::sqrt(scaled.squaredNorm() / static_cast<double>(scaled.size()));
  if (deviation > 0) {
    scaled /= deviation;
  }
  return scaled;
}

}  // namespace hone::algorithms
