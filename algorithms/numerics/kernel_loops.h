// The inner loops of a sum over product kernels, compiled once for each width of vector registers.
// No sum is taken in another order and nothing is fused, so that every machine gets the same bits.
// Pure functions.
#pragma once

#include <cstddef>
#include <span>

namespace hone::algorithms::wide {

/// Kernels that are worked on together. Every count below is a multiple of it, and at least one.
inline constexpr std::size_t kKernels = 16;

/// Normal kernels on one axis, seen from `at`.
struct NormalAxis {
  const float* centers = nullptr;
  /// nullptr where all have `inverse_width`: so half as much is read.
  const float* inverse_widths = nullptr;
  float inverse_width = 1;
  float at = 0;
};

/// logs[i] -= half the sum of the squared distances on all axes, in widths of kernel i. Squares are
/// summed first and halved at the end: near zero a float has the more digits.
void SubtractSquares(std::span<const NormalAxis> axes, std::size_t count, float* logs);

/// weights[i] = first + slope * ranks[i], 1 at most.
void WeighRanks(const float* ranks, std::size_t count, float first, float slope, float* weights);

float Largest(const float* numbers, std::size_t count);

/// The sum of weights[i] * exp(logs[i] - shift), where no log is above the shift but for rounding.
/// Terms below e^-60 count as that.
double WeighedSum(const float* logs, const float* weights, std::size_t count, float shift);

}  // namespace hone::algorithms::wide
