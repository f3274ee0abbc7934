// ValueScale: objective values as a Gaussian process likes them. What is worse than the median is
// compressed: a process that must explain how bad the bad points are forgets the good ones. Then
// mean 0 and variance 1. Pure functions.
#pragma once

#include <vector>

#include <Eigen/Core>

namespace hone::algorithms {

/// Values in the order given; infinity becomes the worst of those that are finite, minus infinity
/// the best, and NaN (a failed trial) something worse than all, so that a process sees where trials
/// fail even if all others are equal, or there is but one. Order is kept; values up to the median
/// keep their distances to each other. All 0 if there is nothing to tell apart.
Eigen::VectorXd ScaleValues(const std::vector<double>& values);

}  // namespace hone::algorithms
