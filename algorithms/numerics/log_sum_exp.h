// LogSumExp: the logarithm of a sum of weight * exp(log), where the logs may be far apart and there
// are thousands of them. A value; one thread.
#pragma once

#include <cstddef>
#include <span>

#include "algorithms/numerics/kernel_loops.h"

namespace hone::algorithms {

class LogSumExp {
 public:
  /// Terms are added so many at a time, side by side.
  static constexpr std::size_t kLanes = wide::kKernels;
  /// The log of a term that is not there.
  static constexpr float kNothing = -1e30F;

  /// Begins with one term.
  LogSumExp(double log, double weight);

  /// Adds terms, in whole lanes, at least one, unless all their logs are at most `least`; true if
  /// it did. Terms more than e^60 below the largest so far count as e^-60 of it.
  bool Add(std::span<const float> logs, std::span<const float> weights, float least);
  [[nodiscard]] double Log() const;

 private:
  /// No log so far is above it but for rounding.
  float shift_;
  /// The sum of all terms divided by the exponential of that.
  double sum_;
};

}  // namespace hone::algorithms
