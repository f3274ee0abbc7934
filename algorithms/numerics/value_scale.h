// ValueScale: objective values as a Gaussian process likes them. What is worse than the median is
// compressed: a process that must explain how bad the bad points are forgets the good ones. Then
// mean 0 and variance 1. Pure functions.
#pragma once

#include <vector>

#include <Eigen/Core>

namespace hone::algorithms {

/// Values in the order given; NaN (a failed trial) becomes the worst of those that are finite, and
/// so does infinity; minus infinity becomes the best. Order is kept; values up to the median keep
/// their distances to each other. All 0 if there is nothing to tell apart.
Eigen::VectorXd ScaleValues(const std::vector<double>& values);

}  // namespace hone::algorithms
