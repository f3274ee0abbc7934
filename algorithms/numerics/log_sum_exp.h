// LogSumExp: the logarithm of a sum of weight * exp(log), for thousands of logs that may be far
// apart. A value; one thread.
#pragma once

#include <cstddef>
#include <span>

#include "algorithms/numerics/kernel_loops.h"

namespace hone::algorithms {

class LogSumExp {
 public:
  /// Number of terms that are added together, in vector lanes.
  static constexpr std::size_t kLanes = wide::kKernels;
  /// The log of an absent term.
  static constexpr float kNothing = -1e30F;

  /// Starts with one term.
  LogSumExp(double log, double weight);

  /// Adds terms, in whole lanes, at least one, unless all their logs are at most `least`; returns
  /// whether it added them. Terms more than e^60 below the largest so far count as e^-60 of it.
  bool Add(std::span<const float> logs, std::span<const float> weights, float least);
  [[nodiscard]] double Log() const;

 private:
  /// No log so far exceeds it except by rounding.
  float shift_;
  /// The sum of all terms divided by exp(shift_).
  double sum_;
};

}  // namespace hone::algorithms
