// StoppingRule: is this curve hopeless? The seam for early stopping; algorithms/stopping holds one
// file a rule. Pure, as SearchAlgorithm is.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace hone::algorithms {

/// A trial's objective over its steps, each value to be minimised, in order of step.
struct Curve {
  std::uint64_t ordinal = 0;
  bool has_ended = false;
  std::vector<std::int64_t> steps;
  std::vector<double> values;
};

class StoppingRule {
 public:
  virtual ~StoppingRule() = default;
  /// True if the running trial `curve` should be stopped, given the curves of the other trials.
  [[nodiscard]] virtual bool ShouldStop(const Curve& curve, std::span<const Curve> others) = 0;
};

}  // namespace hone::algorithms
