#include "algorithms/numerics/gaussian_loops.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numbers>

#include "algorithms/numerics/wide_clones.h"

namespace hone::algorithms::wide {
namespace {

/// One number of each column. The compiler maps it to as many registers as the machine needs.
using Lanes = double __attribute__((vector_size(kColumns * sizeof(double))));

/// Number of rows that share each load of the columns.
constexpr std::size_t kRows = 4;

/// exp(-x) for x in [0, 700]: 2^n times a Taylor series of degree 13 on |f| <= ln(2) / 2, whose
/// remainder is 4e-18. Written without branches, for vectors.
inline double ExpOfMinus(double x) {
  const double t = -std::min(x, 700.0);
  const double shifted = t * std::numbers::log2e + 0x1.8p52;  // rounds to a whole number
  const double n = shifted - 0x1.8p52;
  // ln(2) in two parts, the first with zeros at its end.
  const double f = (t - n * 0x1.62e42feep-1) - n * 0x1.a39ef35793c76p-33;
  double p = 1.0 / 6227020800.0;
  p = p * f + 1.0 / 479001600.0;
  p = p * f + 1.0 / 39916800.0;
  p = p * f + 1.0 / 3628800.0;
  p = p * f + 1.0 / 362880.0;
  p = p * f + 1.0 / 40320.0;
  p = p * f + 1.0 / 5040.0;
  p = p * f + 1.0 / 720.0;
  p = p * f + 1.0 / 120.0;
  p = p * f + 1.0 / 24.0;
  p = p * f + 1.0 / 6.0;
  p = p * f + 0.5;
  p = p * f + 1.0;
  p = p * f + 1.0;
  // The low bits of `shifted` hold n; the exponent of 2^n is n + 1023.
  const auto exponent = (std::bit_cast<std::uint64_t>(shifted) + 1023U) << 52U;
  return p * std::bit_cast<double>(exponent);
}

}  // namespace

HONE_WIDE void AddSquares(const double* column,
                          std::size_t count,
                          double coordinate,
                          double weight,
                          double* distances) {
  for (std::size_t i = 0; i < count; ++i) {
    const double difference = column[i] - coordinate;
    const double square = difference * difference;
    distances[i] += weight * (square == square ? square : 1.0);
  }
}

HONE_WIDE void Matern(double* distances, std::size_t count, double scale) {
  for (std::size_t i = 0; i < count; ++i) {
    const double r = std::sqrt(5.0 * distances[i]);
    distances[i] = (1.0 + r + r * r / 3.0) * (scale * ExpOfMinus(r));
  }
}

HONE_WIDE void MaternAndSlope(const double* distances,
                              std::size_t count,
                              double scale,
                              double* kernel,
                              double* slope) {
  for (std::size_t i = 0; i < count; ++i) {
    const double r = std::sqrt(5.0 * distances[i]);
    const double decay = scale * ExpOfMinus(r);
    kernel[i] = (1.0 + r + r * r / 3.0) * decay;
    slope[i] = -5.0 / 6.0 * (1.0 + r) * decay;
  }
}

HONE_WIDE void TriangularTimes(const double* factor,
                               std::size_t size,
                               std::size_t stride,
                               const double* vector,
                               double* product) {
  for (std::size_t first = 0; first < size; first += kRows) {
    const std::size_t rows = std::min(kRows, size - first);
    const std::size_t end = first + rows;
    std::array<Lanes, kRows> sums = {};
    std::size_t k = 0;
    for (; k + kColumns <= end; k += kColumns) {
      Lanes part;
      std::memcpy(&part, vector + k, sizeof part);
      for (std::size_t i = 0; i < kRows; ++i) {
        // A row past the end repeats the last row; its result is discarded.
        const double* const row = factor + (first + std::min(i, rows - 1)) * stride;
        Lanes numbers;
        std::memcpy(&numbers, row + k, sizeof numbers);
        sums[i] += numbers * part;
      }
    }
    for (std::size_t i = 0; i < rows; ++i) {
      double sum = 0;
      for (std::size_t tail = k; tail < end; ++tail) {
        sum += factor[(first + i) * stride + tail] * vector[tail];
      }
      for (std::size_t lane = 0; lane < kColumns; ++lane) {
        sum += sums[i][lane];
      }
      product[first + i] = sum;
    }
  }
}

HONE_WIDE void TransposedTimes(const double* factor,
                               std::size_t size,
                               std::size_t stride,
                               const double* vector,
                               double* product) {
  std::fill_n(product, size, 0.0);
  std::size_t i = 0;
  for (; i + kRows <= size; i += kRows) {
    const double* const row = factor + i * stride;
    for (std::size_t k = 0; k < i + kRows; ++k) {
      product[k] += (row[k] * vector[i] + row[stride + k] * vector[i + 1]) +
                    (row[2 * stride + k] * vector[i + 2] + row[3 * stride + k] * vector[i + 3]);
    }
  }
  for (; i < size; ++i) {
    for (std::size_t k = 0; k <= i; ++k) {
      product[k] += factor[i * stride + k] * vector[i];
    }
  }
}

HONE_WIDE void TriangularNorms(const double* factor,
                               std::size_t size,
                               std::size_t stride,
                               const double* columns,
                               double* norms) {
  Lanes squares = {};
  for (std::size_t first = 0; first < size; first += kRows) {
    // A row past the end repeats the last row; its result is discarded. Rows are zero-padded after
    // their diagonal.
    const std::size_t rows = std::min(kRows, size - first);
    const double* const row0 = factor + first * stride;
    const double* const row1 = row0 + std::min<std::size_t>(1, rows - 1) * stride;
    const double* const row2 = row0 + std::min<std::size_t>(2, rows - 1) * stride;
    const double* const row3 = row0 + std::min<std::size_t>(3, rows - 1) * stride;
    Lanes sum0 = {};
    Lanes sum1 = {};
    Lanes sum2 = {};
    Lanes sum3 = {};
    for (std::size_t k = 0; k < first + rows; ++k) {
      Lanes column;
      std::memcpy(&column, columns + k * kColumns, sizeof column);
      sum0 += row0[k] * column;
      sum1 += row1[k] * column;
      sum2 += row2[k] * column;
      sum3 += row3[k] * column;
    }
    squares += sum0 * sum0;
    squares += rows > 1 ? sum1 * sum1 : Lanes{};
    squares += rows > 2 ? sum2 * sum2 : Lanes{};
    squares += rows > 3 ? sum3 * sum3 : Lanes{};
  }
  std::memcpy(norms, &squares, sizeof squares);
}

}  // namespace hone::algorithms::wide
