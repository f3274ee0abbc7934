// One run of an NLopt method over the unit cube, from start to end. NLopt asks for values through a
// callback and cannot be suspended and resumed; to continue a run, the caller repeats it: the
// methods here draw no random numbers, so the same values give the same questions. A function
// without state: any thread may call it.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace hone::algorithms {

enum class NloptMethod { kDirect, kBobyqa, kNelderMead, kSbplx };

struct NloptStart {
  /// In [0, 1]^n.
  std::vector<double> center;
  /// A share of the range: the first step of a method that goes from point to point; half the width
  /// of the box that kDirect divides, which is cut at the edges of the cube.
  double step = 0;
};

/// A run ends by itself where it cannot change the coordinates by more than this.
inline constexpr double kNloptTolerance = 1e-7;

/// Returns the value of a point of the cube, which must be finite; nothing ends the run.
using NloptValue = std::function<std::optional<double>(std::span<const double> point)>;

/// Asks for at most `evaluations_max` values. Every way in which NLopt returns ends the run (its
/// methods also fail when they reach the limits of rounding).
void RunNlopt(NloptMethod method,
              const NloptStart& start,
              std::size_t evaluations_max,
              const NloptValue& value);

}  // namespace hone::algorithms
