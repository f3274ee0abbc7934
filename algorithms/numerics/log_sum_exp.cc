#include "algorithms/numerics/log_sum_exp.h"

#include <cmath>

#include "proto/core/result.h"

namespace hone::algorithms {
LogSumExp::LogSumExp(double log, double weight)
    : shift_(static_cast<float>(log)), sum_(weight * std::exp(log - shift_)) {}

bool LogSumExp::Add(std::span<const float> logs, std::span<const float> weights, float least) {
  HONE_CHECK(!logs.empty() && logs.size() % kLanes == 0 && logs.size() <= weights.size());
  const float largest = wide::Largest(logs.data(), logs.size());
  if (largest <= least) {
    return false;
  }
  if (largest > shift_) {
    sum_ *= std::exp(static_cast<double>(shift_) - largest);
    shift_ = largest;
  }
  sum_ += wide::WeighedSum(logs.data(), weights.data(), logs.size(), shift_);
  return true;
}

double LogSumExp::Log() const {
  return shift_ + std::log(sum_);
}

}  // namespace hone::algorithms
