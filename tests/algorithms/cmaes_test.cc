// The evolution strategy: its update against an independent one, and the search on top of it.
#include <cmath>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "algorithms/numerics/cma_state.h"
#include "algorithms/numerics/mirrored_normals.h"
#include "tests/algorithms/problems.h"

namespace hone::algorithms {
namespace {

using Row = std::vector<double>;

struct Generation {
  std::vector<Row> ranked;
  Row mean;
  double sigma;
  Row covariance;
};
struct RunRecord {
  Row mean;
  double sigma;
  std::vector<Generation> generations;
};

Eigen::VectorXd ToVector(const Row& row) {
  return Eigen::Map<const Eigen::VectorXd>(row.data(), static_cast<Eigen::Index>(row.size()));
}

TEST(CmaState, LearnsAsAnIndependentOne) {
  const std::vector<RunRecord> runs = {
#include "tests/algorithms/reference/cma.inc"
  };
  for (const RunRecord& run : runs) {
    CmaState state(ToVector(run.mean), run.sigma, run.generations.front().ranked.size());
    for (const Generation& generation : run.generations) {
      std::vector<Eigen::VectorXd> points;
      for (const Row& row : generation.ranked) {
        points.push_back(ToVector(row));
      }
      state.Update(points);

      EXPECT_NEAR((state.mean() - ToVector(generation.mean)).norm(), 0, 1e-9);
      EXPECT_NEAR(state.sigma() / generation.sigma, 1, 1e-9);
      const Eigen::VectorXd covariance = state.covariance().reshaped();
      EXPECT_NEAR((covariance - ToVector(generation.covariance)).norm(), 0, 1e-9);
    }
  }
}

TEST(CmaState, DrawsFromItsDistribution) {
  CmaState state(Eigen::Vector2d(0.3, 0.7), 0.1, 6);
  constexpr int kDraws = 20'000;
  Eigen::Vector2d sum = Eigen::Vector2d::Zero();
  double squares = 0;
  CounterRandom random(1, 1);
  for (int i = 0; i < kDraws; ++i) {
    const Eigen::Vector2d point = state.PointAt(StandardNormals(random, 2));
    sum += point;
    squares += std::pow(point[0] - 0.3, 2);
  }
  EXPECT_NEAR(sum[0] / kDraws, 0.3, 0.003);
  EXPECT_NEAR(sum[1] / kDraws, 0.7, 0.003);
  EXPECT_NEAR(std::sqrt(squares / kDraws), state.DeviationOf(0), 0.002);
}

Problem Cube(std::size_t dimensions, std::uint64_t seed) {
  return ProblemOver(std::vector<ParameterSpec>(dimensions, Double("-5", "5")), seed);
}

TEST(Cmaes, ConvergesOnIllConditionedValleys) {
  for (const std::size_t dimensions : {1U, 2U, 5U, 10U}) {
    const double best =
        Minimise("cmaes", Cube(dimensions, 3), 400 * dimensions, 1, [](const Point& x) {
          double sum = 0;
          for (std::size_t i = 0; i < x.size(); ++i) {
            sum += std::pow(1e4, static_cast<double>(i) / 9) * std::pow(x[i] - 1.5, 2);
          }
          return sum;
        });
    EXPECT_LT(best, 1e-6) << dimensions;
  }
}

TEST(Cmaes, FollowsARotatedValley) {
  const double best = Minimise("cmaes", Cube(2, 5), 1500, 1, [](const Point& x) {
    return 100 * std::pow(x[1] - x[0] * x[0], 2) + std::pow(1 - x[0], 2);
  });
  EXPECT_LT(best, 1e-8);
}

TEST(Cmaes, LearnsFromGenerationsThatOverlap) {
  const double best = Minimise("cmaes", Cube(4, 1), 1200, 5, [](const Point& x) {
    double sum = 0;
    for (const double coordinate : x) {
      sum += std::pow(coordinate + 2, 2);
    }
    return sum;
  });
  EXPECT_LT(best, 1e-4);
}

TEST(Cmaes, FindsTheBestOfIntsAndWords) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Problem problem = ProblemOver(
        {Int("1", "30"), Int("10", "200", "10"), Words({"a", "b", "c"}), Double("0.5", "2.5")},
        seed);
    const double best = Minimise("cmaes", problem, 500, 1, [](const Point& x) {
      return std::abs(x[0] - 23) + std::abs(x[1] - 160) / 10 + (x[2] == 2 ? 0 : 3) +
             std::pow(x[3] - 2, 2);
    });
    found += best < 0.01 ? 1 : 0;
  }
  EXPECT_GE(found, 9);
}

// An implementation that ignores points cut to the bounds would lose a generation here.
TEST(Cmaes, LearnsFromPointsAtTheBounds) {
  const Problem problem = ProblemOver({Double("0", "1"), Double("0", "1"), Int("1", "30")});
  const double best =
      Minimise("cmaes", problem, 600, 1, [](const Point& x) { return x[0] - x[1] + x[2]; });
  EXPECT_LT(best, 1e-3);
}

TEST(Cmaes, KeepsTryingTheOtherValuesOfAnInt) {
  Problem problem = ProblemOver({Int("1", "20"), Double("0", "1")});
  problem.settings = {{"restart_strategy", "none"}};
  std::size_t trials = 0;
  std::size_t others = 0;
  static_cast<void>(Minimise("cmaes", problem, 1000, 1, [&](const Point& x) {
    others += ++trials > 600 && x[0] != 7 ? 1U : 0U;
    return std::abs(x[0] - 7) + std::pow(x[1] - 0.3, 2);
  }));

  // The expected share is 1 / (population of 6 * 2 parameters); half of it allows for chance.
  EXPECT_GE(others, 400U / 12 / 2);
}

TEST(Cmaes, LearnsBelowTheBranchThatIsBest) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Problem problem = ProblemOver({Words({"a", "b", "c"}),
                                         Under("x0", {"a"}, Double("-5", "5")),
                                         Under("x0", {"a"}, Double("-5", "5")),
                                         Under("x0", {"b"}, Words({"u", "v"})),
                                         Double("-5", "5")},
                                        seed);
    const double best = Minimise("cmaes", problem, 1000, 1, [](const Point& x) {
      const double shared = std::pow(x[4] - 1, 2);
      return x[0] == 0 ? shared + std::pow(x[1] - 2, 2) + std::pow(x[2] + 1, 2)
                       : shared + (x[3] == 1 ? 20 : 40);
    });
    found += best < 1e-4 ? 1 : 0;
  }
  EXPECT_GE(found, 9);
}

TEST(Cmaes, StartsAgainWhenItHasConverged) {
  // Two bowls, the deeper one off the centre and narrow: most runs end in the wide one.
  const auto loss = [](const Point& x) {
    const double wide = std::pow(x[0] - 0.5, 2) + std::pow(x[1] - 0.5, 2) + 1;
    const double deep = 10 * (std::pow(x[0] + 3, 2) + std::pow(x[1] - 3, 2));
    return std::min(wide, deep);
  };
  std::map<std::string, int> found;
  for (const char* const strategy : {"none", "ipop", "bipop"}) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      Problem problem = Cube(2, seed);
      problem.settings = {{"restart_strategy", strategy}};
      found[strategy] += Minimise("cmaes", problem, 3000, 1, loss) < 0.5 ? 1 : 0;
    }
  }
  EXPECT_GT(found["ipop"], found["none"] + 4);
  EXPECT_GT(found["bipop"], found["none"] + 4);
}

}  // namespace
}  // namespace hone::algorithms
