// AcquisitionSearch: the points of a space where an acquisition function of a Gaussian process is
// largest. Random points of the space and small changes of the best known ones are compared; from
// the best of each kind numbers climb along the gradient (MinimiseInBox), cells and categories by
// trying their other values. A function of its arguments; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "algorithms/numerics/acquisition.h"
#include "algorithms/numerics/axis.h"
#include "algorithms/numerics/counter_random.h"
#include "algorithms/numerics/gaussian_process.h"
#include "proto/model/search_space.h"

namespace hone::algorithms {

struct RankedPoint {
  Point point;
  /// The acquisition function at the point.
  double value = 0;
};

/// The input of a search. Everything referred to outlives the search.
struct AcquisitionProblem {
  const SearchSpace& space;
  std::span<const Axis> axes;
  const GaussianProcess& process;
  Acquisition acquisition = Acquisition::kExpectedImprovement;
  /// The value to improve on, in the process's unit.
  double best = 0;
  /// The best points so far, the best first; the search begins around them too.
  std::span<const Point> incumbents;
  /// The share of a number's range that is searched around the best point, as the geometric mean
  /// over the axes; axes along which the function changes slowly get more. 1: search everywhere,
  /// also around every incumbent.
  double region = 1;
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;
};

/// Different points, the best first; at least one.
std::vector<RankedPoint> SearchAcquisition(const AcquisitionProblem& problem);

}  // namespace hone::algorithms
