// The inner loops of a sum over product kernels, compiled once for each width of vector registers.
// Sums are neither reordered nor fused, so every machine computes the same bits. Pure functions.
#pragma once

#include <cstddef>
#include <span>

namespace hone::algorithms::wide {

/// Number of kernels processed together. Every count below is a positive multiple of it.
inline constexpr std::size_t kKernels = 16;

/// Normal kernels on one axis, evaluated at `at`.
struct NormalAxis {
  const float* centers = nullptr;
  /// nullptr if all kernels have `inverse_width`, which halves the memory to read.
  const float* inverse_widths = nullptr;
  float inverse_width = 1;
  float at = 0;
};

/// logs[i] -= half the sum of the squared distances on all axes, in widths of kernel i. Squares are
/// summed first and halved at the end, because a float is more precise near zero.
void SubtractSquares(std::span<const NormalAxis> axes, std::size_t count, float* logs);

/// weights[i] = first + slope * ranks[i], at most 1.
void WeighRanks(const float* ranks, std::size_t count, float first, float slope, float* weights);

float Largest(const float* numbers, std::size_t count);

/// The sum of weights[i] * exp(logs[i] - shift), where no log exceeds the shift except by rounding.
/// Terms below e^-60 count as e^-60.
double WeighedSum(const float* logs, const float* weights, std::size_t count, float shift);

}  // namespace hone::algorithms::wide
