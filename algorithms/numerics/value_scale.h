// ValueScale: transforms objective values for a Gaussian process. Values worse than the median are
// compressed, because otherwise the process fits the bad values at the expense of the good ones.
// Then mean 0 and variance 1. Pure functions.
#pragma once

#include <vector>

#include <Eigen/Core>

namespace hone::algorithms {

/// Values in the order given; infinity becomes the worst finite value, minus infinity the best, and
/// NaN (a failed trial) something worse than all, so that a process learns where trials fail even
/// if all other values are equal or there is only one. The order of values is preserved; values up
/// to the median keep their distances to each other. All 0 if the values cannot be told apart.
Eigen::VectorXd ScaleValues(const std::vector<double>& values);

}  // namespace hone::algorithms
