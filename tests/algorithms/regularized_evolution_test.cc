#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/algorithms/architecture_score.h"

namespace hone::algorithms {
namespace {

using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::SizeIs;

constexpr const char* kName = "regularized-evolution";

TEST(RegularizedEvolution, FindsBetterArchitecturesThanRandomDraws) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const Problem problem = ProblemOver(*Find(kName), Architectures(6, {Int("1", "6")}), seed);

    const std::vector<double> random = MeanScores("random", problem, 200, 4);
    const std::vector<double> evolved = MeanScores(kName, problem, 200, 4);

    EXPECT_THAT(evolved.back(), Gt(evolved.front() + 0.2)) << seed;
    EXPECT_THAT(evolved.back(), Gt(random.back() + 0.2)) << seed;
  }
}

TEST(RegularizedEvolution, MinimisesOverNumbersWordsAndConditions) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const Problem problem = ProblemOver({Double("-1", "1"),
                                         Double("1e-4", "1", "", Distribution::kLogUniform),
                                         Words({"a", "b", "c", "d"}),
                                         Under("x2", {"c"}, Int("1", "100"))},
                                        seed);
    const auto loss = [](const Point& point) {
      return std::pow(point[0] - 0.3, 2) + std::pow(std::log10(point[1]) + 2, 2) +
             (point[2] == 2 ? std::abs(point[3] - 40) / 40 : 2);
    };

    EXPECT_THAT(Minimise(kName, problem, 300, 4, loss), Lt(0.1)) << seed;
    EXPECT_THAT(Minimise(kName, problem, 300, 4, loss),
                Lt(Minimise("random", problem, 300, 4, loss)));
  }
}

/// The indices at which two points differ.
std::vector<std::size_t> Differences(const Point& a, const Point& b) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) {
      places.push_back(i);
    }
  }
  return places;
}

TEST(RegularizedEvolution, ChangesOneChoiceOfAParent) {
  Problem problem = ProblemOver(std::vector(8, Int("1", "9")));
  problem.settings = {{"population_size", "3"}, {"sample_size", "100"}};
  const auto search = MakeAlgorithm(kName, problem);
  std::vector<ObservedTrial> trials = Running(RunTrials(*search, 3, 1));
  for (ObservedTrial& trial : trials) {
    trial.outcome = Outcome::kComplete;
    trial.objectives = {trial.ordinal == 2 ? 0.0 : 1.0};
  }
  search->Observe(trials);

  for (const Proposal& proposal : search->Suggest(4, 5).list) {
    EXPECT_THAT(Differences(proposal.point, trials[1].point), SizeIs(1));
    EXPECT_EQ(proposal.why.origin, Provenance::Origin::kModel);
  }
}

TEST(RegularizedEvolution, LetsTheBestDieOfAge) {
  Problem problem = ProblemOver(std::vector(8, Int("1", "9")));
  problem.settings = {{"population_size", "2"}, {"sample_size", "100"}};
  const auto search = MakeAlgorithm(kName, problem);
  std::vector<ObservedTrial> trials = Running(RunTrials(*search, 2, 1));
  trials.push_back({3, Point(8, 5), Outcome::kRunning, {}, {}});
  for (ObservedTrial& trial : trials) {
    trial.outcome = Outcome::kComplete;
    trial.objectives = {static_cast<double>(trial.ordinal)};
  }

  search->Observe(trials);

  for (const Proposal& proposal : search->Suggest(4, 5).list) {
    EXPECT_THAT(Differences(proposal.point, trials[1].point), SizeIs(1));
  }
}

TEST(RegularizedEvolution, BeginsAnewWhereAllHaveFailed) {
  const Problem problem = ProblemOver({Double("0", "1"), Double("0", "1")});
  const auto search = MakeAlgorithm(kName, problem);
  std::vector<ObservedTrial> trials = Running(RunTrials(*search, 30, 1));
  for (ObservedTrial& trial : trials) {
    trial.outcome = Outcome::kFailed;
  }

  search->Observe(trials);

  EXPECT_EQ(search->Suggest(31, 1).list[0].why.origin, Provenance::Origin::kStartup);
}

TEST(RegularizedEvolution, ChecksItsSettings) {
  const auto faults = [](std::vector<Setting> settings) {
    FieldErrors errors;
    CheckSettings(*Find(kName), settings, "settings", errors);
    return errors;
  };

  EXPECT_THAT(faults({{"population_size", "2"}, {"sample_size", "1"}, {"random_state", "7"}}),
              IsEmpty());
  EXPECT_THAT(faults({{"population_size", "1"}, {"sample_size", "0"}}), SizeIs(2));
  EXPECT_THAT(faults({{"population_size", "20000"}, {"sample", "5"}}), SizeIs(2));
}

}  // namespace
}  // namespace hone::algorithms
