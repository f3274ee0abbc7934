// Tests of the minimum of a smooth function between bounds.
#include "algorithms/numerics/box_minimum.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace hone::algorithms {
namespace {

using Vector = Eigen::VectorXd;

BoxMinimumOptions Box(Eigen::Index size, double lower, double upper) {
  BoxMinimumOptions options;
  options.lower = Vector::Constant(size, lower);
  options.upper = Vector::Constant(size, upper);
  options.evaluations_max = 400;
  options.gradient_tolerance = 1e-8;
  options.value_tolerance = 0;
  return options;
}

double Rosenbrock(const Vector& x, Vector& gradient) {
  double value = 0;
  for (Eigen::Index i = 0; i + 1 < x.size(); ++i) {
    const double bend = x[i + 1] - x[i] * x[i];
    value += 100 * bend * bend + (1 - x[i]) * (1 - x[i]);
    gradient[i] += -400 * x[i] * bend - 2 * (1 - x[i]);
    gradient[i + 1] += 200 * bend;
  }
  return value;
}

TEST(BoxMinimum, FindsTheBottomOfACurvedValley) {
  const BoxMinimum found = MinimiseInBox(Rosenbrock, Vector::Constant(6, -1.2), Box(6, -2, 2));

  EXPECT_LT((found.point - Vector::Ones(6)).norm(), 1e-5);
  EXPECT_LT(found.evaluations, 200);
}

TEST(BoxMinimum, StopsAtTheBoundsThatHoldIt) {
  const BoxMinimum found = MinimiseInBox(Rosenbrock, Vector::Constant(2, -0.5), Box(2, -2, 0.5));

  EXPECT_NEAR(found.point[0], 0.5, 1e-7);
  EXPECT_NEAR(found.point[1], 0.25, 1e-7);
}

TEST(BoxMinimum, GoesStraightIntoACorner) {
  const auto slope = [](const Vector& x, Vector& gradient) {
    gradient.setConstant(-3);
    return -3 * x.sum();
  };

  const BoxMinimum found = MinimiseInBox(slope, Vector::Constant(20, 0.3), Box(20, 0, 1));

  EXPECT_EQ(found.point, Vector::Ones(20));
  EXPECT_LT(found.evaluations, 25);
}

TEST(BoxMinimum, MovesItsStartIntoTheBox) {
  const BoxMinimum found = MinimiseInBox(Rosenbrock, Vector::Constant(2, 50), Box(2, -2, 2));

  EXPECT_LT((found.point - Vector::Ones(2)).norm(), 1e-4);
}

// McCormick's function, and the cubic and x log(x) for which other implementations fail.
TEST(BoxMinimum, ReturnsTheBestPointWhereOtherImplementationsFail) {
  const auto mccormick = [](const Vector& x, Vector& gradient) {
    const double sum = x[0] + x[1];
    const double difference = x[0] - x[1];
    gradient[0] = std::cos(sum) + 2 * difference - 1.5;
    gradient[1] = std::cos(sum) - 2 * difference + 2.5;
    return std::sin(sum) + difference * difference - 1.5 * x[0] + 2.5 * x[1] + 1;
  };
  const auto cubic = [](const Vector& x, Vector& gradient) {
    gradient[0] = 3 * x[0] * x[0];
    return x[0] * x[0] * x[0];
  };
  const auto entropy = [](const Vector& x, Vector& gradient) {
    gradient[0] = std::log(x[0]) + 1;  // minus infinity at 0
    return x[0] == 0 ? 0 : x[0] * std::log(x[0]);
  };

  for (int i = 0; i < 50; ++i) {
    const double at = -1.5 + 0.1 * i;
    const BoxMinimum found = MinimiseInBox(mccormick, Vector::Constant(2, at), Box(2, -3, 4));
    Vector gradient = Vector::Zero(2);
    EXPECT_EQ(mccormick(found.point, gradient), found.value);
    EXPECT_LT((found.point - (found.point - gradient).cwiseMax(-3).cwiseMin(4)).norm(), 1e-4) << at;
  }
  EXPECT_LT(MinimiseInBox(cubic, Vector::Constant(1, 0.7), Box(1, -1, 1)).value, 1e-9);
  EXPECT_NEAR(
      MinimiseInBox(entropy, Vector::Constant(1, 0.9), Box(1, 0, 1)).point[0], std::exp(-1), 1e-6);
}

TEST(BoxMinimum, StaysWhereTheFunctionIsFinite) {
  const auto cliff = [](const Vector& x, Vector& gradient) {
    gradient[0] = -1;
    return x[0] > 0.6 ? std::numeric_limits<double>::quiet_NaN() : -x[0];
  };

  const BoxMinimum found = MinimiseInBox(cliff, Vector::Constant(1, 0.1), Box(1, 0, 1));

  EXPECT_LE(found.point[0], 0.6);
  EXPECT_GT(found.point[0], 0.1);
}

TEST(BoxMinimum, HasABudget) {
  BoxMinimumOptions options = Box(6, -2, 2);
  options.evaluations_max = 7;

  EXPECT_EQ(MinimiseInBox(Rosenbrock, Vector::Constant(6, -1.2), options).evaluations, 7);
}

TEST(BoxMinimum, HasNothingToDoInNoDimension) {
  const auto constant = [](const Vector&, Vector&) {
    return 3.0;
  };

  EXPECT_EQ(MinimiseInBox(constant, Vector(), Box(0, 0, 1)).value, 3);
}

}  // namespace
}  // namespace hone::algorithms
