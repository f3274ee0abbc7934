// Spaces in which nearly every trial fails, and values near the limits of a double.
#include <cmath>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/algorithms/laboratory.h"

namespace hone::algorithms {
namespace {

struct Expectation {
  const char* name;
  /// Minimum number of trials with a value, among the last 50 with each of 5 seeds.
  int good;
};

int CountGood(const Laboratory& laboratory) {
  const auto& trials = laboratory.trials();
  return static_cast<int>(
      std::count_if(trials.end() - 50, trials.end(), [](const ObservedTrial& trial) {
        return trial.outcome == Outcome::kComplete;
      }));
}

/// The number of good trials among the last 50 of 100, with 5 seeds.
int CountGood(const char* name,
              const std::vector<ParameterSpec>& specs,
              const Laboratory::Loss& loss) {
  int good = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Laboratory laboratory(name, ProblemFor(*Find(name), specs, seed), loss);
    laboratory.Run(100, 1);
    good += CountGood(laboratory);
  }
  return good;
}

TEST(Failures, TeachWhereNotToLook) {
  // The good box is a sixteenth of the square: random search has 3 good points in 50.
  const Laboratory::Loss loss = [](const ObservedTrial& trial) -> std::optional<double> {
    const double x = trial.point[0] - 0.7;
    const double y = trial.point[1] - 0.3;
    return std::max(std::abs(x), std::abs(y)) < 0.125 ? std::optional(x * x + y * y) : std::nullopt;
  };
  const Expectation expectations[] = {{"auto", 60},
                                      {"bayesianoptimization", 75},
                                      {"bobyqa", 30},
                                      {"bohb", 30},
                                      {"cmaes", 30},
                                      {"multivariate-tpe", 75},
                                      {"nelder-mead", 30},
                                      {"regularized-evolution", 30},
                                      {"sbplx", 30},
                                      {"tpe", 75}};
  for (const Expectation& expected : expectations) {
    const int good = CountGood(expected.name, {Double("0", "1"), Double("0", "1")}, loss);
    EXPECT_GE(good, expected.good) << expected.name;
  }
}

TEST(Failures, TeachWhichWordsNotToTry) {
  // One word in four, and a quarter of a logarithmic range.
  const Laboratory::Loss loss = [](const ObservedTrial& trial) -> std::optional<double> {
    const bool fails = trial.point[0] != 2 || trial.point[1] > 1e-3;
    return fails ? std::nullopt : std::optional(std::abs(std::log(trial.point[1] / 3e-4)));
  };
  const std::vector<ParameterSpec> specs = {Words({"a", "b", "c", "d"}),
                                            Double("1e-4", "1", "", Distribution::kLogUniform)};
  const Expectation expectations[] = {{"auto", 60},
                                      {"bayesianoptimization", 75},
                                      {"bohb", 30},
                                      {"cmaes", 30},
                                      {"multivariate-tpe", 75},
                                      {"regularized-evolution", 30},
                                      {"tpe", 75}};
  for (const Expectation& expected : expectations) {
    const int good = CountGood(expected.name, specs, loss);
    EXPECT_GE(good, expected.good) << expected.name;
  }
}

TEST(Failures, RankAfterTrialsThatWereStoppedEarly) {
  const Problem problem = ProblemOver({Double("0", "1")});
  for (const char* const name : {"cmaes", "regularized-evolution", "tpe"}) {
    const auto search = MakeAlgorithm(name, problem);
    std::vector<double> tried;
    for (std::uint64_t ordinal = 1; ordinal <= 80; ++ordinal) {
      const Point point = search->Suggest(ordinal, 1).list.front().point;
      tried.push_back(point[0]);
      // Trials below 0.2 are stopped early; all others fail.
      ObservedTrial trial{ordinal, point, Outcome::kFailed, {}};
      if (point[0] < 0.2) {
        trial.outcome = Outcome::kStoppedEarly;
        trial.objectives = {point[0]};
      }
      search->Observe({&trial, 1});
    }
    const auto good =
        std::count_if(tried.end() - 40, tried.end(), [](double at) { return at < 0.2; });
    EXPECT_GE(good, 18) << name;
  }
}

}  // namespace
}  // namespace hone::algorithms
