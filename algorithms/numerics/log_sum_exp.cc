#include "algorithms/numerics/log_sum_exp.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>

#include "proto/model/result.h"

namespace hone::algorithms {
namespace {

/// Lanes that are joined at the end: so the compiler may work on them side by side.
constexpr std::size_t kLanes = LogSumExp::kLanes;

/// exp(x) for x <= 0 to about 2e-7 relative, never below 1e-26: in plain arithmetic, which the
/// compiler makes into vectors, and away from denormal numbers, which are a hundred times slower.
/// 2^n * e^f with a polynomial for e^f, |f| <= ln(2) / 2.
inline float Exp(float x) {
  const float least = std::max(x, -60.0F);
  const float shifted = least * std::numbers::log2e_v<float> + 12582912.0F;
  const float n = shifted - 12582912.0F;  // 1.5 * 2^23 rounds to a whole number
  // ln(2) in two parts, of which the first has few digits: f has no error from the subtraction.
  const float f = (least - n * 0.693359375F) + n * 2.12194440e-4F;
  const float tail = 0.041666668F + f * (0.008333334F + f * 0.0013888889F);
  const float p = 1.0F + f * (1.0F + f * (0.5F + f * (0.16666667F + f * tail)));
  const auto exponent = static_cast<std::uint32_t>(static_cast<std::int32_t>(n) + 127) << 23U;
  return p * std::bit_cast<float>(exponent);
}

/// `logs` has whole lanes.
float Largest(std::span<const float> logs) {
  std::array<float, kLanes> lanes{};
  std::copy_n(logs.begin(), kLanes, lanes.begin());
  for (std::size_t first = kLanes; first < logs.size(); first += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float log = logs[first + lane];
      lanes[lane] = log > lanes[lane] ? log : lanes[lane];
    }
  }
  return *std::max_element(lanes.begin(), lanes.end());
}

/// The sum of weight * exp(log - shift); no log is above the shift. Both spans have whole lanes.
double WeighedSum(std::span<const float> logs, std::span<const float> weights, float shift) {
  std::array<float, kLanes> sums{};
  for (std::size_t first = 0; first < logs.size(); first += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += weights[first + lane] * Exp(logs[first + lane] - shift);
    }
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace

LogSumExp::LogSumExp(double log, double weight)
    : shift_(static_cast<float>(log)), sum_(weight * std::exp(log - shift_)) {}

bool LogSumExp::Add(std::span<const float> logs, std::span<const float> weights, float least) {
  HONE_CHECK(!logs.empty() && logs.size() % kLanes == 0 && logs.size() <= weights.size());
  const float largest = Largest(logs);
  if (largest <= least) {
    return false;
  }
  if (largest > shift_) {
    sum_ *= std::exp(static_cast<double>(shift_) - largest);
    shift_ = largest;
  }
  sum_ += WeighedSum(logs, weights, shift_);
  return true;
}

double LogSumExp::Log() const {
  return shift_ + std::log(sum_);
}

}  // namespace hone::algorithms
