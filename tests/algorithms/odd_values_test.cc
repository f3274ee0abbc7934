// Values that give a model little information: infinite ones, and many equal ones.
#include <algorithm>
#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/algorithms/problems.h"

namespace hone::algorithms {
namespace {

using ::testing::SizeIs;

TEST(OddValues, ThatAreInfiniteKeepTheirOrder) {
  for (const char* const name : {"bayesianoptimization", "cmaes", "multivariate-tpe", "tpe"}) {
    for (const double sign : {1.0, -1.0}) {
      // Plus infinity above 0.5, or minus infinity below it.
      std::vector<double> tried;
      static_cast<void>(
          Minimise(name, ProblemOver({Double("0", "1")}), 80, 1, [&](const Point& point) {
            tried.push_back(point[0]);
            const bool is_infinite = sign * (point[0] - 0.5) > 0;
            return is_infinite ? sign * HUGE_VAL : point[0];
          }));

      const auto good =
          std::count_if(tried.end() - 30, tried.end(), [](double at) { return at <= 0.5; });
      EXPECT_GE(good, 20) << name << " " << sign;
    }
  }
}

TEST(OddValues, ThatAreAllEqualLeaveTheSearchGoing) {
  for (const Algorithm* const algorithm : Catalogue()) {
    const Problem problem = ProblemFor(*algorithm, {Double("0", "1"), Double("0", "1")});
    FieldErrors errors;
    algorithm->check(problem, errors);
    if (!errors.empty() || algorithm->has_parents) {
      continue;
    }
    std::vector<double> first;
    std::set<Point> tried;

    static_cast<void>(Minimise(algorithm->name, problem, 60, 1, [&](const Point& point) {
      EXPECT_TRUE(problem.space.Contains(point)) << algorithm->name;
      tried.insert(point);
      first.push_back(point[0]);
      return 1.0;
    }));

    EXPECT_THAT(tried, SizeIs(60)) << algorithm->name;
    const auto [low, high] = std::minmax_element(first.begin(), first.end());
    EXPECT_GT(*high - *low, 0.2) << algorithm->name;
  }
}

}  // namespace
}  // namespace hone::algorithms
