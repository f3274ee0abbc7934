// The terms that the Parzen estimator omits, and its treatment of axes that a trial does not have.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "algorithms/numerics/parzen_estimator.h"
#include "proto/model/normal_distribution.h"
#include "tests/algorithms/problems.h"

namespace hone::algorithms {
namespace {

using Kind = Axis::Kind;
using Model = std::vector<double>;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double Normal(double z) {
  return NormalProbability(z);
}

/// The definition, kernel by kernel: the widths on an axis from the sorted positions.
std::vector<double> WidthsOn(const std::vector<Model>& trials, std::size_t axis) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (!std::isnan(trials[i][axis])) {
      order.push_back(i);
    }
  }
  const auto at = [&](std::size_t i) {
    return static_cast<float>(trials[order[i]][axis]);
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return static_cast<float>(trials[a][axis]) < static_cast<float>(trials[b][axis]);
  });
  const double floor = 1 / std::min(100.0, static_cast<double>(order.size()) + 2);
  std::vector<double> widths(trials.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    double gap = order.size() == 1 ? std::max(at(i), 1 - at(i)) : 0;
    gap = i > 0 ? std::max<double>(gap, at(i) - at(i - 1)) : gap;
    gap = i + 1 < order.size() ? std::max<double>(gap, at(i + 1) - at(i)) : gap;
    widths[order[i]] = std::clamp(gap, floor, 1.0);
  }
  return widths;
}

double LogKernel(const Axis& axis, double x, double center, double width, double share) {
  const auto mass = [&](double from, double to) {
    return from > center ? Normal((center - from) / width) - Normal((center - to) / width)
                         : Normal((to - center) / width) - Normal((from - center) / width);
  };
  switch (axis.kind()) {
    case Kind::kFixed:
      return 0;
    case Kind::kContinuous: {
      const double z = (x - center) / width;
      return -z * z / 2 - std::log(width * std::sqrt(2 * M_PI) * mass(0, 1));
    }
    case Kind::kCells: {
      const std::size_t cell = axis.CellAt(x);
      return std::log(std::max(mass(axis.Edge(cell), axis.Edge(cell + 1)) / mass(0, 1), 1e-30));
    }
    case Kind::kCategories:
      return std::log(((x == center ? 1 : 0) + share) /
                      (1 + share * static_cast<double>(axis.count())));
  }
  return 0;
}

double LogPrior(const Axis& axis, double x) {
  if (axis.kind() == Kind::kCategories) {
    return -std::log(static_cast<double>(axis.count()));
  }
  return LogKernel(axis, x, 0.5, axis.prior_deviation() > 0 ? axis.prior_deviation() : 1, 0);
}

double WeightOf(std::size_t index, std::size_t count) {
  return count <= 25 || index + 25 >= count
             ? 1
             : std::lerp(1.0 / static_cast<double>(count),
                         1.0,
                         static_cast<double>(index) / static_cast<double>(count - 26));
}

/// The widths and prior shares of the kernels on each axis.
struct Kernels {
  std::vector<std::vector<double>> widths;
  std::vector<double> shares;
};

Kernels KernelsOf(const std::vector<Axis>& axes, const std::vector<Model>& trials) {
  Kernels kernels;
  for (std::size_t axis = 0; axis < axes.size(); ++axis) {
    kernels.widths.push_back(WidthsOn(trials, axis));
    const auto have = std::count_if(
        trials.begin(), trials.end(), [&](const Model& trial) { return !std::isnan(trial[axis]); });
    kernels.shares.push_back(1 / (static_cast<double>(have) + 1));
  }
  return kernels;
}

/// The log of the kernel of trial `i` at a point; that of the prior if `trial` is null.
double LogProduct(const std::vector<Axis>& axes,
                  const Kernels& kernels,
                  const Model* trial,
                  std::size_t i,
                  const Model& point) {
  double log = 0;
  for (std::size_t axis = 0; axis < axes.size(); ++axis) {
    const double x = static_cast<float>(point[axis]);
    const double center = trial == nullptr ? NAN : static_cast<float>((*trial)[axis]);
    if (std::isnan(x)) {
      continue;
    }
    log += std::isnan(center)
               ? LogPrior(axes[axis], x)
               : LogKernel(axes[axis], x, center, kernels.widths[axis][i], kernels.shares[axis]);
  }
  return log;
}

/// The density by its definition, without omitted terms.
std::vector<double> LogDensityOf(const std::vector<Axis>& axes,
                                 const std::vector<Model>& trials,
                                 const std::vector<Model>& points) {
  const Kernels kernels = KernelsOf(axes, trials);
  std::vector<double> logs;
  for (const Model& point : points) {
    double sum = std::exp(LogProduct(axes, kernels, nullptr, 0, point));
    double weights = 1;
    for (std::size_t i = 0; i < trials.size(); ++i) {
      sum += WeightOf(i, trials.size()) * std::exp(LogProduct(axes, kernels, &trials[i], i, point));
      weights += WeightOf(i, trials.size());
    }
    logs.push_back(std::log(sum) - std::log(weights));
  }
  return logs;
}

struct Spread {
  const char* name = "";
  std::vector<double> centers;
  double deviation = 1;
};

/// Points around centers that are equally likely, on every axis.
std::vector<Model> PointsAround(const SearchSpace& space,
                                const std::vector<Axis>& axes,
                                const Spread& spread,
                                std::size_t count,
                                std::uint64_t seed) {
  std::vector<Model> points;
  for (std::uint64_t i = 1; i <= count; ++i) {
    CounterRandom random(seed, i);
    const auto which =
        static_cast<std::size_t>(random.Uniform() * static_cast<double>(spread.centers.size()));
    Point point;
    for (const Parameter& parameter : space.parameters()) {
      point.push_back(parameter.Quantile(
          TruncatedNormal{spread.centers[which], spread.deviation, 0, 1}.Quantile(
              random.Uniform())));
    }
    points.push_back(ToModel(axes, point));
  }
  return points;
}

TEST(ParzenEstimator, LeavesNothingOutThatMatters) {
  const Problem problem = ProblemOver({Double("0", "1"),
                                       Double("1e-4", "1", "", Distribution::kLogUniform),
                                       Int("1", "32"),
                                       Words({"a", "b", "c", "d"}),
                                       Double("0", "1", "", Distribution::kNormal),
                                       Double("0", "1"),
                                       Double("0", "1")});
  const std::vector<Axis> axes = MakeAxes(problem.space);
  for (const Spread& spread : {Spread{"random", {0.5}, 10},
                               Spread{"converged", {0.3}, 0.01},
                               Spread{"near", {0.3}, 0.04},
                               Spread{"at one point", {0.3}, 1e-9},
                               Spread{"clustered", {0.1, 0.35, 0.8}, 0.02}}) {
    const std::vector<Model> trials = PointsAround(problem.space, axes, spread, 20'000, 1);
    std::vector<Model> points = PointsAround(problem.space, axes, spread, 12, 2);
    points.push_back(PointsAround(problem.space, axes, {"", {0.5}, 10}, 1, 3).front());
    ParzenEstimator estimator(axes, 1);
    for (std::size_t i = 0; i < trials.size(); ++i) {
      estimator.Add(i + 1, trials[i]);
    }

    const std::vector<double> logs = estimator.LogDensity(points);

    const std::vector<double> wanted = LogDensityOf(axes, trials, points);
    for (std::size_t i = 0; i < points.size(); ++i) {
      EXPECT_NEAR(logs[i], wanted[i], 1e-6) << spread.name;
    }
  }
}

TEST(ParzenEstimator, ChoosesThePointThatAllDensitiesWouldChoose) {
  const Problem problem = ProblemOver({Double("0", "1"), Double("0", "1"), Int("1", "9")});
  const std::vector<Axis> axes = MakeAxes(problem.space);
  for (const double deviation : {0.01, 0.1, 10.0}) {
    ParzenEstimator estimator(axes, 1);
    const Spread spread{"", {0.4}, deviation};
    std::uint64_t ordinal = 0;
    for (const Model& trial : PointsAround(problem.space, axes, spread, 3000, 1)) {
      estimator.Add(++ordinal, trial);
    }
    for (std::uint64_t seed = 2; seed < 12; ++seed) {
      const std::vector<Model> points = PointsAround(problem.space, axes, spread, 24, seed);
      std::vector<double> offsets;
      CounterRandom random(seed, 1);
      for (std::size_t i = 0; i < points.size(); ++i) {
        offsets.push_back(3 * random.Uniform());
      }

      const ParzenEstimator::Choice choice = estimator.Rarest(points, offsets);

      const std::vector<double> logs = estimator.LogDensity(points);
      EXPECT_EQ(choice.log_density, logs[choice.index]);
      for (std::size_t i = 0; i < points.size(); ++i) {
        EXPECT_LE(offsets[i] - logs[i], offsets[choice.index] - logs[choice.index]);
      }
    }
  }
}

TEST(ParzenEstimator, HasOneStateForOneSetOfTrialsThroughSplitsAndMerges) {
  const Problem problem = ProblemOver({Double("0", "1"), Int("1", "9"), Words({"a", "b"})});
  const std::vector<Axis> axes = MakeAxes(problem.space);
  for (const double deviation : {1e-9, 0.02, 10.0}) {
    const Spread spread{"", {0.4}, deviation};
    const std::vector<Model> points = PointsAround(problem.space, axes, spread, 1500, 1);
    ParzenEstimator plain(axes, 1);
    ParzenEstimator busy(axes, 1);
    for (std::uint64_t i = 0; i < points.size(); ++i) {
      busy.Add((i * 7) % points.size() + 1, points[(i * 7) % points.size()]);
      if (i % 100 == 0) {
        EXPECT_THAT(busy.LogDensity({points.data(), 1}), testing::SizeIs(1));
      }
    }
    for (std::uint64_t i = 0; i < points.size(); ++i) {
      if (i % 3 != 0) {
        busy.Remove(i + 1);
      } else {
        plain.Add(i + 1, points[i]);
      }
    }

    EXPECT_EQ(plain.LogDensity(points), busy.LogDensity(points));
    EXPECT_EQ(plain.PointOf(4), busy.PointOf(4));
  }
}

/// A choice; an int that exists for two of its values; a number that exists for one of the int's
/// values; a categorical parameter that exists for the third value.
std::vector<Axis> ConditionalAxes(bool are_discrete) {
  const Problem problem = ProblemOver({Words({"a", "b", "c"}),
                                       Int("1", "3"),
                                       are_discrete ? Int("1", "2") : Double("0", "1"),
                                       Words({"x", "y"})});
  std::vector<Parameter> parameters = problem.space.parameters();
  parameters[1].parent = Parameter::Parent{0, {0, 1}};
  parameters[2].parent = Parameter::Parent{1, {2}};
  parameters[3].parent = Parameter::Parent{0, {2}};
  return {parameters.begin(), parameters.end()};
}

/// The model's coordinates of every point of the discrete space.
std::vector<Model> ConditionalPoints(const std::vector<Axis>& axes) {
  std::vector<Model> points;
  for (const double choice : {0.0, 1.0}) {
    points.push_back({choice, axes[1].ToModel(1), kNaN, kNaN});
    points.push_back({choice, axes[1].ToModel(2), axes[2].ToModel(1), kNaN});
    points.push_back({choice, axes[1].ToModel(2), axes[2].ToModel(2), kNaN});
    points.push_back({choice, axes[1].ToModel(3), kNaN, kNaN});
  }
  points.push_back({2, kNaN, kNaN, 0});
  points.push_back({2, kNaN, kNaN, 1});
  return points;
}

TEST(ParzenEstimator, IntegratesToOneOverAConditionalSpace) {
  const std::vector<Axis> axes = ConditionalAxes(true);
  const std::vector<Model> points = ConditionalPoints(axes);
  ParzenEstimator estimator(axes, 1);
  for (std::uint64_t i = 0; i < 200; ++i) {
    if (i == 0 || i == 1 || i == 5 || i == 30 || i == 199) {
      double sum = 0;
      for (const double log : estimator.LogDensity(points)) {
        sum += std::exp(log);
      }
      EXPECT_NEAR(sum, 1, 1e-6) << i;
    }
    CounterRandom random(1, i);
    estimator.Add(i + 1, points[static_cast<std::size_t>(random.Uniform() * 10)]);
  }
}

TEST(ParzenEstimator, DrawsFromAConditionalSpaceWhatItsDensitySays) {
  const std::vector<Axis> axes = ConditionalAxes(true);
  const std::vector<Model> points = ConditionalPoints(axes);
  ParzenEstimator estimator(axes, 1);
  estimator.Add(1, points[1]);
  estimator.Add(2, points[1]);
  estimator.Add(3, points[9]);
  constexpr int kDraws = 40'000;
  // NaN has no order, so -1 replaces it.
  std::map<Model, int> drawn;
  CounterRandom random(5, 1);
  for (int i = 0; i < kDraws; ++i) {
    Model point = estimator.Sample(random);
    std::replace_if(
        point.begin(), point.end(), [](double x) { return std::isnan(x); }, -1.0);
    ++drawn[point];
  }

  EXPECT_THAT(drawn, testing::SizeIs(points.size()));
  for (Model point : points) {
    const double wanted = std::exp(estimator.LogDensity({&point, 1}).front());
    std::replace_if(
        point.begin(), point.end(), [](double x) { return std::isnan(x); }, -1.0);
    EXPECT_NEAR(static_cast<double>(drawn[point]) / kDraws, wanted, 0.012);
  }
}

TEST(ParzenEstimator, HasThePriorWhereATrialIsWithoutTheAxis) {
  const std::vector<Axis> axes = ConditionalAxes(false);
  std::vector<Model> trials;
  ParzenEstimator estimator(axes, 1);
  CounterRandom random(3, 1);
  ParzenEstimator empty(axes, 1);
  for (std::uint64_t i = 1; i <= 3000; ++i) {
    trials.push_back(empty.Sample(random));
    estimator.Add(i, trials.back());
  }
  const std::vector<Model> points(trials.begin(), trials.begin() + 40);

  const std::vector<double> logs = estimator.LogDensity(points);

  const std::vector<double> wanted = LogDensityOf(axes, trials, points);
  for (std::size_t i = 0; i < points.size(); ++i) {
    EXPECT_NEAR(logs[i], wanted[i], 1e-6);
  }
}

}  // namespace
}  // namespace hone::algorithms
