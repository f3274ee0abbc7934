// LogSumExp: the logarithm of a sum of weight * exp(log), where the logs may be far apart and there
// are thousands of them. A value; one thread.
#pragma once

#include <cstddef>
#include <span>

namespace hone::algorithms {

class LogSumExp {
 public:
  /// Terms are added so many at a time, side by side.
  static constexpr std::size_t kLanes = 16;
  /// The log of a term that is not there.
  static constexpr float kNothing = -1e30F;

  /// Begins with one term.
  LogSumExp(double log, double weight) : most_(log), sum_(weight) {}

  /// Adds terms, in whole lanes, at least one. Those more than e^60 below the largest so far count
  /// as e^-60 of it.
  void Add(std::span<const float> logs, std::span<const float> weights);
  [[nodiscard]] double Log() const;

 private:
  /// The largest log so far, and the sum of all terms divided by its exponential.
  double most_;
  double sum_;
};

}  // namespace hone::algorithms
