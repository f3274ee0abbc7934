#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "algorithms/numerics/counter_random.h"
#include "algorithms/numerics/sobol_sequence.h"
#include "tests/algorithms/problems.h"

namespace hone::algorithms {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

using Plane = std::vector<std::pair<double, double>>;

// Warnock's formula for the L2 star discrepancy.
double Discrepancy(const Plane& points) {
  const auto n = static_cast<double>(points.size());
  double single = 0;
  double pairs = 0;
  for (const auto& [x, y] : points) {
    single += (1 - x * x) * (1 - y * y);
    for (const auto& [u, v] : points) {
      pairs += (1 - std::max(x, u)) * (1 - std::max(y, v));
    }
  }
  return std::sqrt(1.0 / 9 - single / (2 * n) + pairs / (n * n));
}

Plane Project(const SobolSequence& sequence, std::size_t a, std::size_t b, std::uint64_t count) {
  Plane points;
  for (std::uint64_t i = 0; i < count; ++i) {
    points.emplace_back(sequence.Coordinate(i, a), sequence.Coordinate(i, b));
  }
  return points;
}

Plane RandomPlane(std::uint64_t seed, std::uint64_t count) {
  Plane points;
  for (std::uint64_t i = 0; i < count; ++i) {
    CounterRandom random(seed, i);
    const double x = random.Uniform();
    points.emplace_back(x, random.Uniform());
  }
  return points;
}

TEST(SobolSequence, KnowsThePrimitivePolynomials) {
  EXPECT_THAT(PrimitivePolynomials(9), ElementsAre(3, 7, 11, 13, 19, 25, 37, 41, 47));
  // There are phi(2^n - 1) / n of degree n: 1110 up to degree 13.
  EXPECT_EQ(std::bit_width(PrimitivePolynomials(1110).back()), 14u);
  EXPECT_EQ(std::bit_width(PrimitivePolynomials(1111).back()), 15u);
}

TEST(SobolSequence, PutsOnePointInEachInterval) {
  const SobolSequence sequence(1000, 5);
  for (const std::size_t dimension : {0u, 1u, 2u, 9u, 99u, 500u, 999u}) {
    for (const std::uint64_t count : {2u, 16u, 256u, 4096u}) {
      std::set<std::uint64_t> cells;
      for (std::uint64_t i = 0; i < count; ++i) {
        const double x = sequence.Coordinate(i, dimension);
        ASSERT_GE(x, 0);
        ASSERT_LT(x, 1);
        cells.insert(static_cast<std::uint64_t>(x * static_cast<double>(count)));
      }
      ASSERT_THAT(cells, SizeIs(count)) << "dimension " << dimension;
    }
  }
}

TEST(SobolSequence, IsAPerfectNetInItsFirstTwoDimensions) {
  const auto directions = ChosenDirections(2);

  for (int m = 1; m <= 16; ++m) {
    EXPECT_EQ(NetDefect(directions[0], directions[1], m), 0);
  }
}

/// How many of the first 2^m points lie in each box of 2^x_digits columns and 2^(digits - x_digits)
/// rows.
std::vector<int> CountInBoxes(const SobolSequence::Directions& a,
                              const SobolSequence::Directions& b,
                              std::size_t m,
                              int digits,
                              int x_digits) {
  std::vector<int> boxes(std::size_t{1} << digits);
  for (std::uint32_t i = 0; i < 1U << m; ++i) {
    std::uint32_t x = 0;
    std::uint32_t y = 0;
    for (std::size_t bit = 0; bit < m; ++bit) {
      x ^= (i >> bit & 1) != 0 ? a[bit] : 0;
      y ^= (i >> bit & 1) != 0 ? b[bit] : 0;
    }
    const std::uint64_t column = std::uint64_t{x} >> (32 - x_digits);
    const std::uint64_t row = std::uint64_t{y} >> (32 - digits + x_digits);
    ++boxes[column << (digits - x_digits) | row];
  }
  return boxes;
}

TEST(SobolSequence, CountsTheDefectThatTheBoxesShow) {
  const auto directions = ChosenDirections(12);
  constexpr int kM = 8;
  for (std::size_t a = 0; a < 12; ++a) {
    for (std::size_t b = a + 1; b < 12; ++b) {
      const int defect = NetDefect(directions[a], directions[b], kM);
      // Every box of volume 2^(defect - m) holds 2^defect of the 2^m points.
      const int digits = kM - defect;
      for (int x_digits = 0; x_digits <= digits; ++x_digits) {
        const auto boxes = CountInBoxes(directions[a], directions[b], kM, digits, x_digits);
        ASSERT_EQ(*std::min_element(boxes.begin(), boxes.end()), 1 << defect);
      }
    }
  }
}

TEST(SobolSequence, HasGoodPairsAmongItsFirstDimensions) {
  const auto directions = ChosenDirections(20);
  int worst = 0;
  for (std::size_t a = 0; a < directions.size(); ++a) {
    for (std::size_t b = a + 1; b < directions.size(); ++b) {
      worst = std::max(worst, NetDefect(directions[a], directions[b], 10));
    }
  }

  EXPECT_LE(worst, 5);
}

TEST(SobolSequence, SpreadsOverEveryPlaneMoreEvenlyThanRandomPoints) {
  constexpr std::uint64_t kCount = 256;
  const SobolSequence sequence(10, 3);
  double random = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    random += Discrepancy(RandomPlane(seed, kCount)) / 20;
  }

  for (std::size_t a = 0; a < 10; ++a) {
    for (std::size_t b = a + 1; b < 10; ++b) {
      EXPECT_LT(Discrepancy(Project(sequence, a, b, kCount)), random * 0.6) << a << ", " << b;
    }
  }
}

TEST(SobolSequence, IntegratesBetterThanRandomPoints) {
  constexpr std::size_t kDimensions = 6;
  constexpr std::uint64_t kCount = 1024;
  double sobol_error = 0;
  double random_error = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const SobolSequence sequence(kDimensions, seed);
    double sobol_mean = 0;
    double random_mean = 0;
    for (std::uint64_t i = 0; i < kCount; ++i) {
      CounterRandom random(seed, i);
      double sobol = 1;
      double drawn = 1;
      for (std::size_t d = 0; d < kDimensions; ++d) {
        sobol *= 0.5 + sequence.Coordinate(i, d);
        drawn *= 0.5 + random.Uniform();
      }
      sobol_mean += sobol / kCount;
      random_mean += drawn / kCount;
    }
    sobol_error += std::pow(sobol_mean - 1, 2);
    random_error += std::pow(random_mean - 1, 2);
  }

  EXPECT_LT(std::sqrt(sobol_error), std::sqrt(random_error) / 10);
}

TEST(SobolSequence, IsUniformInEachPointOverTheSeeds) {
  for (const std::uint64_t index : {0u, 1u, 77u}) {
    double mean = 0;
    double square = 0;
    for (std::uint64_t seed = 0; seed < 10'000; ++seed) {
      const double x = SobolSequence(2, seed).Coordinate(index, 1);
      mean += x / 1e4;
      square += x * x / 1e4;
    }
    EXPECT_NEAR(mean, 0.5, 0.012);  // 4 standard errors
    EXPECT_NEAR(square, 1.0 / 3, 0.012);
  }
}

TEST(Sobol, CoversAFiniteSquareWithoutCollision) {
  const Problem problem = ProblemOver({Int("1", "16"), Int("1", "16")});

  const auto points = RunTrials(*MakeAlgorithm("sobol", problem), 1000, 1);

  EXPECT_THAT(std::set<Point>(points.begin(), points.end()), SizeIs(256));
}

TEST(Sobol, HitsEveryCategoryInTheFirstPoints) {
  const Problem problem = ProblemOver({Words({"a", "b", "c", "d"}), Double("0", "1")});

  const auto points = PointsOf(MakeAlgorithm("sobol", problem)->Suggest(1, 4));

  std::set<double> words;
  for (const Point& point : points) {
    words.insert(point[0]);
  }
  EXPECT_THAT(words, SizeIs(4));
}

TEST(Sobol, TakesAThousandParametersAndNoMore) {
  const Problem thousand = ProblemOver(std::vector(1000, Double("0", "1")));
  FieldErrors errors;

  Find("sobol")->check(ProblemOver(std::vector(1001, Double("0", "1"))), errors);

  EXPECT_THAT(PointsOf(MakeAlgorithm("sobol", thousand)->Suggest(1, 4)), SizeIs(4));
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_EQ(errors[0].field, "spec.parameters");
}

}  // namespace
}  // namespace hone::algorithms
