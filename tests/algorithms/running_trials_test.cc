// The effect of a running trial on the next proposals, and that it vanishes when the trial fails.
#include <algorithm>
#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/algorithms/problems.h"

namespace hone::algorithms {
namespace {

using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kModels[] = {"bayesianoptimization", "multivariate-tpe", "tpe"};

/// Trials that have ended, at the points of a Sobol sequence.
std::vector<ObservedTrial> Ended(const Problem& problem,
                                 std::size_t count,
                                 double (*loss)(const Point& point)) {
  std::vector<ObservedTrial> trials =
      Running(RunTrials(*MakeAlgorithm("sobol", problem), count, 1));
  for (ObservedTrial& trial : trials) {
    trial.outcome = Outcome::kComplete;
    trial.objectives = {loss(trial.point)};
  }
  return trials;
}

TEST(RunningTrials, ChangeTheRestOfTheirBatch) {
  const Problem problem = ProblemOver({Double("0", "1"), Double("0", "1")});
  for (const char* const name : kModels) {
    const auto search = MakeAlgorithm(name, problem);
    search->Observe(Ended(problem, 40, [](const Point& point) {
      return std::pow(point[0] - 0.5, 2) + std::pow(point[1] - 0.5, 2);
    }));

    const std::vector<Point> batch = PointsOf(search->Suggest(41, 8));

    int changed = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const Point alone = PointsOf(search->Suggest(41 + i, 1)).front();
      changed += alone == batch[i] ? 0 : 1;
      EXPECT_TRUE(i > 0 || alone == batch[i]) << name;
    }
    EXPECT_THAT(changed, Ge(4)) << name;
  }
}

TEST(RunningTrials, AttractNoFurtherProposal) {
  const Problem problem = ProblemOver({Double("0", "1")});
  for (const char* const name : kModels) {
    const auto search = MakeAlgorithm(name, problem);
    search->Observe(
        Ended(problem, 30, [](const Point& point) { return std::abs(point[0] - 0.2); }));
    std::vector<ObservedTrial> running;
    for (std::uint64_t i = 0; i < 10; ++i) {
      running.push_back({31 + i, {0.8 + 0.01 * static_cast<double>(i)}, Outcome::kRunning, {}, {}});
    }
    search->Observe(running);

    int near_running = 0;
    int near_best = 0;
    for (std::uint64_t ordinal = 41; ordinal <= 60; ++ordinal) {
      const double value = PointsOf(search->Suggest(ordinal, 1)).front()[0];
      near_running += value > 0.75 && value < 0.95 ? 1 : 0;
      near_best += std::abs(value - 0.2) < 0.1 ? 1 : 0;
    }
    EXPECT_LE(near_running, 1) << name;
    EXPECT_GE(near_best, 15) << name;
  }
}

/// The first trials of an algorithm, first all running, then all ended: every second one failed.
struct Generation {
  std::vector<ObservedTrial> running;
  std::vector<ObservedTrial> ended;
};

Generation FirstTrials(SearchAlgorithm& search) {
  Generation generation;
  for (const Proposal& proposal : search.Suggest(1, 40).list) {
    ObservedTrial trial{generation.running.size() + 1, proposal.point, {}, {}, {}, proposal.parent};
    generation.running.push_back(trial);
    const bool fails = trial.ordinal % 2 == 0;
    trial.outcome = fails ? Outcome::kFailed : Outcome::kComplete;
    if (!fails) {
      trial.objectives = {trial.point[0]};
    }
    generation.ended.push_back(trial);
  }
  return generation;
}

TEST(RunningTrials, LeaveNoTraceOfTheirFantasyWhenTheyFail) {
  for (const Algorithm* const algorithm : Catalogue()) {
    const Problem problem = ProblemFor(*algorithm, {Double("0", "1"), Double("0", "1")});
    FieldErrors errors;
    algorithm->check(problem, errors);
    if (!errors.empty()) {
      continue;
    }
    const auto lively = algorithm->make(problem);
    const Generation generation = FirstTrials(*lively);
    ASSERT_THAT(generation.running, Not(IsEmpty())) << algorithm->name;
    const std::size_t next = generation.running.size() + 1;
    const auto fresh = algorithm->make(problem);

    lively->Observe(generation.running);
    static_cast<void>(lively->Suggest(next, 3));
    lively->Observe(generation.ended);
    fresh->Observe(generation.ended);

    EXPECT_EQ(PointsOf(lively->Suggest(next, 4)), PointsOf(fresh->Suggest(next, 4)))
        << algorithm->name;
  }
}

}  // namespace
}  // namespace hone::algorithms
