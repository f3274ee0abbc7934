// No point is proposed twice: in small spaces with results, with different digits of the same
// number, and in spaces too large to enumerate.
#include <cmath>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "algorithms/numerics/axis.h"
#include "proto/model/observation.h"
#include "tests/algorithms/problems.h"

namespace hone::algorithms {
namespace {

using ::testing::Contains;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kSearches[] =
    {"auto", "bayesianoptimization", "cmaes", "multivariate-tpe", "random", "sobol", "tpe"};

TEST(DistinctPoints, AreAllThatThreeListsOfWordsHave) {
  for (const char* const name : kSearches) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const Problem problem = ProblemOver(
          {Words({"a", "b", "c", "d"}), Words({"a", "b", "c"}), Words({"a", "b"})}, seed);
      std::set<Point> tried;

      static_cast<void>(Minimise(name, problem, 24, 1, [&](const Point& point) {
        EXPECT_TRUE(tried.insert(point).second) << name;
        return point[0] + 2 * point[1] - point[2];
      }));

      EXPECT_THAT(tried, SizeIs(24)) << name;
    }
  }
}

/// The values of an int that a Gaussian process tries, one after another, until none is left.
std::vector<double> ValuesTried(const std::string& high, double (*loss)(double value)) {
  Problem problem = ProblemOver({Int("1", high)});
  problem.settings = {{"n_initial_points", "2"}};
  const auto search = MakeAlgorithm("bayesianoptimization", problem);
  std::vector<double> values;
  std::size_t from_model = 0;
  while (true) {
    const Proposals proposals = search->Suggest(values.size() + 1, 1);
    if (proposals.list.empty()) {
      EXPECT_TRUE(proposals.space_ended);
      EXPECT_GE(from_model, values.size() / 2);
      return values;
    }
    const Proposal& proposal = proposals.list.front();
    from_model += proposal.why.origin == Provenance::Origin::kModel ? 1U : 0U;
    const double value = proposal.point[0];
    values.push_back(value);
    const ObservedTrial trial{values.size(), proposal.point, Outcome::kComplete, {loss(value)}, {}};
    search->Observe({&trial, 1});
  }
}

TEST(DistinctPoints, AreRoundedBeforeAModelOfOneIntSeesThem) {
  const std::vector<double> bowl =
      ValuesTried("5", [](double value) { return (value - 2) * (value - 2); });
  const std::vector<double> flat = ValuesTried("40", [](double) { return 1.0; });

  EXPECT_EQ(std::set<double>(bowl.begin(), bowl.end()), (std::set<double>{1, 2, 3, 4, 5}));
  EXPECT_THAT(std::set<double>(flat.begin(), flat.end()), SizeIs(40));
  EXPECT_THAT(flat, SizeIs(40));
}

TEST(DistinctPoints, AreKnownByTheirStepAndNotByTheirDigits) {
  const Problem problem = ProblemOver({Double("0", "0.5", "0.1")});
  const auto three = problem.space.Parse({{"x0", FormatNumber(0.1 + 0.2)}});
  ASSERT_NE(FormatNumber(0.1 + 0.2), "0.3");
  ASSERT_TRUE(three.has_value());
  ASSERT_EQ(three, problem.space.Parse({{"x0", "0.3"}}));
  for (const char* const name : kSearches) {
    const auto search = MakeAlgorithm(name, problem);
    const ObservedTrial trial{1, *three, Outcome::kFailed, {}, {}};
    search->Observe({&trial, 1});

    const std::vector<Point> others = PointsOf(search->Suggest(2, 9));

    EXPECT_THAT(others, SizeIs(5)) << name;
    EXPECT_THAT(others, Not(Contains(*three))) << name;
  }
}

TEST(DistinctPoints, OfBillionsCostNoListOfThem) {
  const Problem problem = ProblemOver({Int("0", "2147483647"),
                                       Int("-9223372036854775808", "9223372036854775807"),
                                       Int("1", "2147483647", "", Distribution::kLogUniform)});
  for (const Axis& axis : MakeAxes(problem.space)) {
    EXPECT_EQ(axis.kind(), Axis::Kind::kContinuous);
    EXPECT_EQ(axis.count(), 0U);
  }
  for (const char* const name : kSearches) {
    std::set<Point> tried;
    static_cast<void>(Minimise(name, problem, 40, 4, [&](const Point& point) {
      EXPECT_TRUE(problem.space.Contains(point)) << name;
      EXPECT_TRUE(tried.insert(point).second) << name;
      return point[0] / 2e9 + point[1] / 1e19 + std::log(point[2]);
    }));
    EXPECT_THAT(tried, SizeIs(40)) << name;
  }
}

TEST(DistinctPoints, ComeFromDistinctSeeds) {
  const std::vector<ParameterSpec> specs = {Double("0", "1"), Double("0", "1")};
  for (const char* const name : kSearches) {
    if (name == std::string("auto")) {
      continue;  // its local search begins in the middle, whatever the seed
    }
    const auto one = RunTrials(*MakeAlgorithm(name, ProblemOver(specs, 1)), 20, 1);
    const auto two = RunTrials(*MakeAlgorithm(name, ProblemOver(specs, 2)), 20, 1);

    for (const Point& point : one) {
      EXPECT_THAT(two, Not(Contains(point))) << name;
    }
  }
}

}  // namespace
}  // namespace hone::algorithms
