// The Parzen estimator and the search on top of it.
#include <algorithm>
#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "algorithms/numerics/parzen_estimator.h"
#include "tests/algorithms/problems.h"

namespace hone::algorithms {
namespace {

using ::testing::Gt;
using ::testing::SizeIs;

TEST(Axis, MapsEveryValueThereAndBack) {
  const Problem problem = ProblemOver({Int("-3", "12"),
                                       Int("1", "1000", "", Distribution::kLogUniform),
                                       Int("10", "100", "7", Distribution::kNormal),
                                       Double("0.001", "0.1", "0.0005", Distribution::kLogUniform),
                                       Words({"b", "a"}),
                                       Numbers({"16", "8", "32"}),
                                       Int("5", "5")});
  for (const Parameter& parameter : problem.space.parameters()) {
    const Axis axis(parameter);
    for (std::uint64_t i = 0; i < *parameter.Cardinality(); ++i) {
      const double value = parameter.ValueAt(i);
      EXPECT_EQ(axis.ToValue(axis.ToModel(value)), value) << parameter.name;
    }
  }
}

TEST(Axis, StaysInsideTheBoundsOfALogarithmicScale) {
  const Problem problem = ProblemOver({Double("1e-7", "0.3", "", Distribution::kLogUniform),
                                       Double("0.1", "0.7", "", Distribution::kLogUniform),
                                       Double("5e-324", "1.7e308", "", Distribution::kLogUniform),
                                       Int("1", "1000000000", "", Distribution::kLogUniform),
                                       Int("3", "100", "", Distribution::kLogNormal)});
  for (const Parameter& parameter : problem.space.parameters()) {
    const Axis axis(parameter);
    for (const double coordinate :
         {0.0, 5e-324, 1e-17, 0.3, 0.9999999999999999, 1.0, axis.ToModel(parameter.high)}) {
      const double value = axis.ToValue(coordinate);
      EXPECT_GT(value, 0) << parameter.name;
      EXPECT_GE(value, parameter.low) << parameter.name;
      EXPECT_LE(value, parameter.high) << parameter.name;
      EXPECT_EQ(parameter.Snap(value), value) << parameter.name;
    }
    EXPECT_NEAR(axis.ToValue(axis.ToModel(parameter.low)) / parameter.low, 1, 1e-12);
    EXPECT_NEAR(axis.ToValue(axis.ToModel(parameter.high)) / parameter.high, 1, 1e-12);
  }
}

TEST(Axis, IsFixedWhereThereIsOneValue) {
  for (const ParameterSpec& spec : {Double("5", "5"),
                                    Double("0.1", "0.15", "0.1"),
                                    Int("-3", "-3"),
                                    Double("2", "2", "", Distribution::kLogUniform),
                                    Double("0", "0", "", Distribution::kNormal),
                                    Words({"only"}),
                                    Numbers({"0.5"})}) {
    const Parameter parameter = ProblemOver({spec}).space.parameters()[0];
    const Axis axis(parameter);

    EXPECT_EQ(axis.kind(), Axis::Kind::kFixed);
    EXPECT_EQ(axis.ToValue(axis.ToModel(parameter.low)), parameter.low);
    EXPECT_EQ(axis.ToValue(0.7), parameter.low);
  }
}

TEST(Axis, PutsTheNumbersOfAListInOrder) {
  const Axis axis(ProblemOver({Numbers({"16", "8", "32"})}).space.parameters()[0]);

  EXPECT_EQ(axis.kind(), Axis::Kind::kCells);
  EXPECT_DOUBLE_EQ(axis.ToModel(1), 1.0 / 6);
  EXPECT_DOUBLE_EQ(axis.ToModel(0), 0.5);
  EXPECT_DOUBLE_EQ(axis.ToModel(2), 5.0 / 6);
}

TEST(Axis, PutsALongListInOrderToo) {
  std::vector<std::string> numbers;
  for (int i = 200; i > 0; --i) {
    numbers.push_back(std::to_string(i * i));
  }
  const Problem problem = ProblemOver({Numbers(numbers)});
  const Axis axis(problem.space.parameters()[0]);

  EXPECT_EQ(axis.kind(), Axis::Kind::kContinuous);
  EXPECT_LT(axis.ToModel(199), axis.ToModel(198));  // 1 and 4
  for (double index = 0; index < 200; ++index) {
    EXPECT_EQ(axis.ToValue(axis.ToModel(index)), index);
  }
}

TEST(Axis, GivesALogarithmicCellItsWidth) {
  const Axis axis(
      ProblemOver({Int("1", "100", "", Distribution::kLogUniform)}).space.parameters()[0]);

  const double all = std::log(100.5 / 0.5);
  EXPECT_DOUBLE_EQ(axis.Edge(1), std::log(1.5 / 0.5) / all);
  EXPECT_DOUBLE_EQ(axis.Edge(100), 1);
  EXPECT_EQ(axis.CellAt(0), 0U);
  EXPECT_EQ(axis.CellAt(1), 99U);
}

struct Reference {
  std::vector<Point> trials;
  std::vector<Point> points;
  std::vector<double> logs;
};

TEST(ParzenEstimator, HasTheDensityOfAnIndependentOne) {
  const std::vector<Reference> references = {
#include "tests/algorithms/reference/parzen.inc"
  };
  const Problem problem = ProblemOver({Double("-2", "3"),
                                       Double("1e-4", "1", "", Distribution::kLogUniform),
                                       Int("1", "6"),
                                       Int("1", "100", "", Distribution::kLogUniform),
                                       Words({"a", "b", "c"})});
  const std::vector<Axis> axes = MakeAxes(problem.space);
  // The reference computes the density of the value or its logarithm; ours is the density of the
  // coordinate in [0, 1].
  const double scale = std::log(5.0) + std::log(std::log(1e4));
  for (const Reference& reference : references) {
    ParzenEstimator estimator(axes, 1);
    for (std::size_t i = 0; i < reference.trials.size(); ++i) {
      estimator.Add(i + 1, ToModel(axes, reference.trials[i]));
    }
    std::vector<std::vector<double>> points;
    for (const Point& point : reference.points) {
      points.push_back(ToModel(axes, point));
    }
    const std::vector<double> logs = estimator.LogDensity(points);
    for (std::size_t i = 0; i < logs.size(); ++i) {
      EXPECT_NEAR(logs[i] - scale, reference.logs[i], 2e-4) << reference.trials.size();
    }
  }
}

TEST(ParzenEstimator, IsTheSameInWhateverOrderTrialsComeAndGo) {
  const Problem problem = ProblemOver({Double("0", "1"), Int("1", "9"), Words({"a", "b"})});
  const std::vector<Axis> axes = MakeAxes(problem.space);
  std::vector<std::vector<double>> points;
  for (std::uint64_t i = 0; i < 150; ++i) {
    CounterRandom random(1, i);
    Point point;
    for (const Parameter& parameter : problem.space.parameters()) {
      point.push_back(parameter.Quantile(random.Uniform()));
    }
    points.push_back(ToModel(axes, point));
  }
  ParzenEstimator plain(axes, 1);
  ParzenEstimator busy(axes, 1);
  for (std::uint64_t i = 0; i < 120; ++i) {
    plain.Add(i + 1, points[i]);
  }
  for (std::uint64_t i = 150; i > 0; --i) {
    busy.Add(i, points[i - 1]);
  }
  for (std::uint64_t i = 121; i <= 150; ++i) {
    busy.Remove(i);
  }
  busy.Remove(7);
  busy.Add(7, points[6]);

  EXPECT_EQ(plain.LogDensity(points), busy.LogDensity(points));
}

TEST(ParzenEstimator, IntegratesToOne) {
  const Problem problem = ProblemOver({Double("0", "1"), Int("1", "3")});
  const std::vector<Axis> axes = MakeAxes(problem.space);
  ParzenEstimator estimator(axes, 1);
  for (std::uint64_t i = 1; i <= 40; ++i) {
    CounterRandom random(3, i);
    estimator.Add(i, ToModel(axes, {random.Uniform(), 1 + std::floor(random.Uniform() * 3)}));
  }
  constexpr int kSteps = 4000;
  std::vector<std::vector<double>> points;
  for (int i = 0; i < kSteps; ++i) {
    for (const double cell : {1.0, 2.0, 3.0}) {
      points.push_back(ToModel(axes, {(i + 0.5) / kSteps, cell}));
    }
  }
  double sum = 0;
  for (const double log : estimator.LogDensity(points)) {
    sum += std::exp(log) / kSteps;
  }
  EXPECT_NEAR(sum, 1, 1e-4);
}

TEST(ParzenEstimator, DrawsWhatItsDensitySays) {
  const Problem problem = ProblemOver({Int("1", "4"), Words({"a", "b", "c"})});
  const std::vector<Axis> axes = MakeAxes(problem.space);
  ParzenEstimator estimator(axes, 1);
  estimator.Add(1, ToModel(axes, {1, 2}));
  estimator.Add(2, ToModel(axes, {2, 2}));
  estimator.Add(3, ToModel(axes, {4, 0}));
  constexpr int kDraws = 40'000;
  std::map<std::vector<double>, int> drawn;
  CounterRandom random(5, 1);
  for (int i = 0; i < kDraws; ++i) {
    ++drawn[estimator.Sample(random)];
  }
  EXPECT_THAT(drawn, SizeIs(12));
  for (const auto& [point, count] : drawn) {
    const double wanted = std::exp(estimator.LogDensity({&point, 1}).front());
    EXPECT_NEAR(static_cast<double>(count) / kDraws, wanted, 0.012);
  }
}

TEST(Tpe, FindsBetterPointsThanChance) {
  const auto loss = [](const Point& point) {
    double sum = point[3] == 1 ? 0 : 0.5;
    sum += std::pow(std::log10(point[1]) + 2, 2) + std::pow((point[2] - 7) / 10, 2);
    return sum + std::pow(point[0] - 0.3, 2);
  };
  int won = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Problem problem = ProblemOver({Double("-1", "1"),
                                         Double("1e-5", "1", "", Distribution::kLogUniform),
                                         Int("1", "20"),
                                         Words({"a", "b", "c", "d"})},
                                        seed);
    const double tpe = Minimise("tpe", problem, 80, 1, loss);
    const double random = Minimise("random", problem, 80, 1, loss);
    won += tpe < random ? 1 : 0;
  }
  EXPECT_THAT(won, Gt(14));
}

TEST(Tpe, SpreadsTheTrialsOfOneCall) {
  const Problem problem = ProblemOver({Double("0", "1"), Double("0", "1")});
  const auto search = MakeAlgorithm("tpe", problem);
  std::vector<ObservedTrial> trials;
  for (const Point& point : RunTrials(*MakeAlgorithm("sobol", problem), 40, 1)) {
    const double loss = std::pow(point[0] - 0.5, 2) + std::pow(point[1] - 0.5, 2);
    trials.push_back({trials.size() + 1, point, Outcome::kComplete, {loss}, {}});
  }
  search->Observe(trials);

  const std::vector<Point> points = PointsOf(search->Suggest(41, 8));

  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_GT(std::hypot(points[i][0] - points[j][0], points[i][1] - points[j][1]), 1e-3);
    }
  }
}

TEST(Tpe, DoesNotProposeAFailingPointAgainAndAgain) {
  const Problem problem = ProblemOver({Double("0", "1")});
  const auto search = MakeAlgorithm("tpe", problem);
  std::set<double> failed;
  for (std::uint64_t ordinal = 1; ordinal <= 60; ++ordinal) {
    const Point point = PointsOf(search->Suggest(ordinal, 1)).front();
    const bool fails = point[0] < 0.3;
    if (fails) {
      EXPECT_TRUE(failed.insert(point[0]).second);
      search->Observe(std::vector<ObservedTrial>{{ordinal, point, Outcome::kFailed, {}, {}}});
    } else {
      search->Observe(
          std::vector<ObservedTrial>{{ordinal, point, Outcome::kComplete, {point[0]}, {}}});
    }
  }
  EXPECT_LT(failed.size(), 40U);
}

}  // namespace
}  // namespace hone::algorithms
