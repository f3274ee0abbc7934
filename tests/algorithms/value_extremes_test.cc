// Values of any magnitude: the result of a search must not depend on their unit, as long as doubles
// can tell them apart.
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "tests/algorithms/problems.h"

namespace hone::algorithms {
namespace {

double Bowl(const Point& point) {
  double sum = 0;
  for (const double x : point) {
    sum += (x - 0.3) * (x - 0.3);
  }
  return sum;
}

TEST(ValueExtremes, LeadToTheSameBottom) {
  const std::vector<ParameterSpec> specs(2, Double("0", "1"));
  for (const char* const name : {"auto",
                                 "bayesianoptimization",
                                 "bobyqa",
                                 "cmaes",
                                 "direct",
                                 "multivariate-tpe",
                                 "nelder-mead",
                                 "regularized-evolution",
                                 "sbplx"}) {
    const double usual = Minimise(name, ProblemOver(specs), 80, 1, Bowl);
    for (const double unit : {1e308, 1e200, 1e-200, 1e-300}) {
      const double reached = Minimise(
          name, ProblemOver(specs), 80, 1, [&](const Point& point) { return unit * Bowl(point); });
      EXPECT_LT(reached / unit, std::max(1e-3, 3 * usual)) << name << " " << unit;
    }
  }
}

TEST(ValueExtremes, AreNoObstacleOnTheWay) {
  // The bowl is surrounded by values of up to 1e308.
  const std::vector<ParameterSpec> specs(2, Double("0", "1"));
  const auto loss = [](const Point& point) {
    const double bowl = Bowl(point);
    return bowl > 0.2 ? 1e308 * std::min(bowl, 1.0) : bowl;
  };
  for (const char* const name :
       {"auto", "bayesianoptimization", "bobyqa", "cmaes", "nelder-mead"}) {
    const double reached = Minimise(name, ProblemOver(specs), 100, 1, loss);
    EXPECT_LT(reached, 0.01) << name;
  }
}

TEST(ValueExtremes, OfAParameterAreSearchedToo) {
  const std::vector<ParameterSpec> specs(2, Double("-1e308", "1.5e308"));
  for (const char* const name : {"auto",
                                 "bayesianoptimization",
                                 "bobyqa",
                                 "cmaes",
                                 "direct",
                                 "multivariate-tpe",
                                 "nelder-mead",
                                 "pbt",
                                 "random",
                                 "regularized-evolution",
                                 "sobol"}) {
    const double reached = Minimise(name, ProblemOver(specs), 80, 1, [](const Point& point) {
      return std::abs(point[0] / 1e308 - 0.5) + std::abs(point[1] / 1e308 - 0.5);
    });
    EXPECT_LT(reached, 0.5) << name;
  }
}

}  // namespace
}  // namespace hone::algorithms
