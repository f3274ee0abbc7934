// Median: the middle of values in ascending order. Pure; any thread may ask.
#pragma once

#include <cstddef>
#include <span>

namespace hone::algorithms {

/// There is one value at least. The mean of the middle two of an even number, which overflows for
/// none.
inline double MedianOfSorted(std::span<const double> values) {
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : values[middle - 1] / 2 + values[middle] / 2;
}

}  // namespace hone::algorithms
