// The loops that are compiled for several machines: what they compute.
#include "algorithms/numerics/wide_loops.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "algorithms/numerics/counter_random.h"

namespace hone::algorithms {
namespace {

TEST(WideLoops, KnowTheMaternKernelAndItsSlope) {
  const std::vector<double> squares = {0, 1e-300, 1e-12, 1e-3, 0.5, 1, 7, 400, 90'000, 1e30};
  std::vector<double> in_place = squares;
  std::vector<double> kernel(squares.size());
  std::vector<double> slope(squares.size());

  wide::Matern(in_place.data(), in_place.size(), 1.7);
  wide::MaternAndSlope(squares.data(), squares.size(), 1.7, kernel.data(), slope.data());

  for (std::size_t i = 0; i < squares.size(); ++i) {
    const double r = std::sqrt(5 * squares[i]);
    const double decay = 1.7 * std::exp(-r);
    // Where r is huge both are as good as 0.
    EXPECT_NEAR(kernel[i], (1 + r + r * r / 3) * decay, 1e-14 + 1e-250 * r * r) << squares[i];
    EXPECT_NEAR(slope[i], -5.0 / 6 * (1 + r) * decay, 1e-14) << squares[i];
    EXPECT_EQ(in_place[i], kernel[i]) << squares[i];
  }
}

TEST(WideLoops, CountAnInactiveAxisAsOneApart) {
  const std::vector<double> column = {0.2, 0.5, std::nan(""), 0.9};
  std::vector<double> distances(4, 1);

  wide::AddSquares(column.data(), 4, 0.5, 2, distances.data());

  EXPECT_DOUBLE_EQ(distances[0], 1 + 2 * 0.09);
  EXPECT_EQ(distances[1], 1);
  EXPECT_EQ(distances[2], 3);
  EXPECT_DOUBLE_EQ(distances[3], 1 + 2 * 0.16);
}

TEST(WideLoops, TakeTheNormsOfATriangularProduct) {
  CounterRandom random(1, 1);
  for (const std::size_t size : {1U, 2U, 3U, 4U, 5U, 31U, 64U}) {
    const std::size_t stride = size + 3;
    std::vector<double> factor(size * stride, 0);
    std::vector<double> columns(size * wide::kColumns);
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t k = 0; k <= i; ++k) {
        factor[i * stride + k] = random.Uniform() - 0.5;
      }
    }
    for (double& value : columns) {
      value = random.Uniform() - 0.5;
    }
    std::vector<double> norms(wide::kColumns);

    wide::TriangularNorms(factor.data(), size, stride, columns.data(), norms.data());

    for (std::size_t c = 0; c < wide::kColumns; ++c) {
      double norm = 0;
      for (std::size_t i = 0; i < size; ++i) {
        double element = 0;
        for (std::size_t k = 0; k <= i; ++k) {
          element += factor[i * stride + k] * columns[k * wide::kColumns + c];
        }
        norm += element * element;
      }
      EXPECT_NEAR(norms[c], norm, 1e-12) << size << " " << c;
    }
  }
}

}  // namespace
}  // namespace hone::algorithms
