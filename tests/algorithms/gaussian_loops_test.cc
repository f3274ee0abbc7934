// Results of the loops that are compiled for several machines.
#include "algorithms/numerics/gaussian_loops.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "algorithms/numerics/counter_random.h"

namespace hone::algorithms {
namespace {

TEST(GaussianLoops, KnowTheMaternKernelAndItsSlope) {
  const std::vector<double> squares = {0, 1e-300, 1e-12, 1e-3, 0.5, 1, 7, 400, 90'000, 1e30};
  std::vector<double> in_place = squares;
  std::vector<double> kernel(squares.size());
  std::vector<double> slope(squares.size());

  wide::Matern(in_place.data(), in_place.size(), 1.7);
  wide::MaternAndSlope(squares.data(), squares.size(), 1.7, kernel.data(), slope.data());

  for (std::size_t i = 0; i < squares.size(); ++i) {
    const double r = std::sqrt(5 * squares[i]);
    const double decay = 1.7 * std::exp(-r);
    // For huge r both are practically 0.
    EXPECT_NEAR(kernel[i], (1 + r + r * r / 3) * decay, 1e-14 + 1e-250 * r * r) << squares[i];
    EXPECT_NEAR(slope[i], -5.0 / 6 * (1 + r) * decay, 1e-14) << squares[i];
    EXPECT_EQ(in_place[i], kernel[i]) << squares[i];
  }
}

TEST(GaussianLoops, CountAnInactiveAxisAsOneApart) {
  const std::vector<double> column = {0.2, 0.5, std::nan(""), 0.9};
  std::vector<double> distances(4, 1);

  wide::AddSquares(column.data(), 4, 0.5, 2, distances.data());

  EXPECT_DOUBLE_EQ(distances[0], 1 + 2 * 0.09);
  EXPECT_EQ(distances[1], 1);
  EXPECT_EQ(distances[2], 3);
  EXPECT_DOUBLE_EQ(distances[3], 1 + 2 * 0.16);
}

std::vector<double> RandomNumbers(std::size_t count) {
  CounterRandom random(1, count);
  std::vector<double> numbers(count);
  for (double& number : numbers) {
    number = random.Uniform() - 0.5;
  }
  return numbers;
}

/// The squared norm of the lower half of `factor` times column `c`.
double NormOf(const std::vector<double>& factor,
              std::size_t stride,
              const std::vector<double>& columns,
              std::size_t c) {
  const std::size_t size = columns.size() / wide::kColumns;
  double norm = 0;
  for (std::size_t i = 0; i < size; ++i) {
    double element = 0;
    for (std::size_t k = 0; k <= i; ++k) {
      element += factor[i * stride + k] * columns[k * wide::kColumns + c];
    }
    norm += element * element;
  }
  return norm;
}

/// `size` rows of `stride` numbers, zero-padded after the diagonal.
std::vector<double> RandomTriangle(std::size_t size, std::size_t stride) {
  std::vector<double> factor = RandomNumbers(size * stride);
  for (std::size_t i = 0; i < size; ++i) {
    std::fill_n(
        factor.begin() + static_cast<std::ptrdiff_t>(i * stride + i + 1), stride - i - 1, 0);
  }
  return factor;
}

TEST(GaussianLoops, MultiplyWithATriangleAndItsTranspose) {
  for (const std::size_t size : {0U, 1U, 3U, 4U, 7U, 8U, 9U, 31U, 64U, 101U}) {
    const std::size_t stride = size + 3;
    const std::vector<double> factor = RandomTriangle(size, stride);
    const std::vector<double> vector = RandomNumbers(size);
    std::vector<double> times(size, 99);
    std::vector<double> transposed(size, 99);

    wide::TriangularTimes(factor.data(), size, stride, vector.data(), times.data());
    wide::TransposedTimes(factor.data(), size, stride, vector.data(), transposed.data());

    for (std::size_t i = 0; i < size; ++i) {
      double by_row = 0;
      double by_column = 0;
      for (std::size_t k = 0; k < size; ++k) {
        by_row += factor[i * stride + k] * vector[k];
        by_column += factor[k * stride + i] * vector[k];
      }
      EXPECT_NEAR(times[i], by_row, 1e-13) << size << " " << i;
      EXPECT_NEAR(transposed[i], by_column, 1e-13) << size << " " << i;
    }
  }
}

TEST(GaussianLoops, TakeTheNormsOfATriangularProduct) {
  for (const std::size_t size : {1U, 2U, 3U, 4U, 5U, 31U, 64U}) {
    const std::size_t stride = size + 3;
    const std::vector<double> factor = RandomTriangle(size, stride);
    const std::vector<double> columns = RandomNumbers(size * wide::kColumns);
    std::vector<double> norms(wide::kColumns);

    wide::TriangularNorms(factor.data(), size, stride, columns.data(), norms.data());

    for (std::size_t c = 0; c < wide::kColumns; ++c) {
      EXPECT_NEAR(norms[c], NormOf(factor, stride, columns, c), 1e-12) << size << " " << c;
    }
  }
}

}  // namespace
}  // namespace hone::algorithms
