#include "algorithms/numerics/kernel_loops.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <numeric>

#include "algorithms/numerics/wide_clones.h"

namespace hone::algorithms::wide {
namespace {

/// One number of each kernel. The compiler maps it to as many registers as the machine needs.
using Lanes = float __attribute__((vector_size(kKernels * sizeof(float))));

/// exp(x) for x <= 0 to about 2e-7 relative, never below 1e-26: in plain arithmetic, which the
/// compiler can vectorise, and without denormal numbers, which are a hundred times slower. 2^n *
/// e^f with a polynomial for e^f, |f| <= ln(2) / 2.
inline float Exp(float x) {
  const float least = std::max(x, -60.0F);
  const float shifted = least * std::numbers::log2e_v<float> + 12582912.0F;
  const float n = shifted - 12582912.0F;  // 1.5 * 2^23 rounds to a whole number
  // ln(2) in two parts, the first of which has few digits, so that the subtraction is exact.
  const float f = (least - n * 0.693359375F) + n * 2.12194440e-4F;
  const float tail = 0.041666668F + f * (0.008333334F + f * 0.0013888889F);
  const float p = 1.0F + f * (1.0F + f * (0.5F + f * (0.16666667F + f * tail)));
  const auto exponent = static_cast<std::uint32_t>(static_cast<std::int32_t>(n) + 127) << 23U;
  return p * std::bit_cast<float>(exponent);
}

}  // namespace

HONE_WIDE void SubtractSquares(std::span<const NormalAxis> axes, std::size_t count, float* logs) {
  for (std::size_t first = 0; first < count; first += kKernels) {
    Lanes squares = {};
    for (const NormalAxis& axis : axes) {
      Lanes z;
      std::memcpy(&z, axis.centers + first, sizeof z);
      z = axis.at - z;
      if (axis.inverse_widths == nullptr) {
        z *= axis.inverse_width;
      } else {
        Lanes inverse_width;
        std::memcpy(&inverse_width, axis.inverse_widths + first, sizeof inverse_width);
        z *= inverse_width;
      }
      squares += z * z;
    }
    Lanes log;
    std::memcpy(&log, logs + first, sizeof log);
    log -= 0.5F * squares;
    std::memcpy(logs + first, &log, sizeof log);
  }
}

HONE_WIDE void WeighRanks(const float* ranks,
                          std::size_t count,
                          float first,
                          float slope,
                          float* weights) {
  for (std::size_t i = 0; i < count; ++i) {
    const float weight = first + slope * ranks[i];
    weights[i] = weight < 1 ? weight : 1;
  }
}

HONE_WIDE float Largest(const float* numbers, std::size_t count) {
  std::array<float, kKernels> lanes{};
  std::copy_n(numbers, kKernels, lanes.begin());
  for (std::size_t first = kKernels; first < count; first += kKernels) {
    for (std::size_t lane = 0; lane < kKernels; ++lane) {
      const float number = numbers[first + lane];
      lanes[lane] = number > lanes[lane] ? number : lanes[lane];
    }
  }
  return *std::max_element(lanes.begin(), lanes.end());
}

HONE_WIDE double WeighedSum(const float* logs,
                            const float* weights,
                            std::size_t count,
                            float shift) {
  std::array<float, kKernels> sums{};
  for (std::size_t first = 0; first < count; first += kKernels) {
    for (std::size_t lane = 0; lane < kKernels; ++lane) {
      sums[lane] += weights[first + lane] * Exp(logs[first + lane] - shift);
    }
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace hone::algorithms::wide
