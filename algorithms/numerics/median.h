// Median: the middle of values in ascending order. Pure; any thread may call it.
#pragma once

#include <cstddef>
#include <span>

namespace hone::algorithms {

/// `values` must not be empty. For an even number the mean of the middle two, computed without
/// overflow.
inline double MedianOfSorted(std::span<const double> values) {
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : values[middle - 1] / 2 + values[middle] / 2;
}

}  // namespace hone::algorithms
