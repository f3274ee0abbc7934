// Behaviour of random and grid alone; search_contract_test.cc has what all algorithms share.
#include <algorithm>
#include <limits>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/algorithms/problems.h"

namespace hone::algorithms {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

Problem WithRandomState(Problem problem, const std::string& state) {
  problem.settings = {{"random_state", state}};
  return problem;
}

Problem Billion() {
  return ProblemOver({Int("1", "1000"), Int("1", "1000"), Int("1", "1000")});
}

TEST(Grid, GoesThroughTheSpaceInLexicographicOrder) {
  const Problem problem = ProblemOver({Int("1", "2"), Words({"a", "b", "c"})});

  const auto points = RunTrials(*MakeAlgorithm("grid", problem), 100, 4);

  EXPECT_THAT(
      points,
      ElementsAre(Point{1, 0}, Point{1, 1}, Point{1, 2}, Point{2, 0}, Point{2, 1}, Point{2, 2}));
}

TEST(Grid, ShufflesWhenItHasARandomState) {
  const Problem problem = ProblemOver({Int("1", "100")});

  const auto one = RunTrials(*MakeAlgorithm("grid", WithRandomState(problem, "1")), 1000, 7);
  const auto two = RunTrials(*MakeAlgorithm("grid", WithRandomState(problem, "2")), 1000, 7);

  EXPECT_THAT(std::set<Point>(one.begin(), one.end()), SizeIs(100));
  EXPECT_THAT(std::set<Point>(two.begin(), two.end()), SizeIs(100));
  EXPECT_NE(one, two);
  EXPECT_FALSE(std::is_sorted(one.begin(), one.end()));
}

TEST(Grid, CostsNoMemoryForABillionPoints) {
  const auto ordered = MakeAlgorithm("grid", Billion());
  const auto shuffled = MakeAlgorithm("grid", WithRandomState(Billion(), "1"));

  EXPECT_THAT(PointsOf(ordered->Suggest(1, 2)), ElementsAre(Point{1, 1, 1}, Point{1, 1, 2}));
  EXPECT_THAT(PointsOf(shuffled->Suggest(1, 1000)), SizeIs(1000));
}

TEST(Grid, TakesSpacesUpToAQuintillionPoints) {
  const Problem problem = ProblemOver({Int("1", "1000000000"), Int("1", "1000000000")});

  const auto points = PointsOf(MakeAlgorithm("grid", WithRandomState(problem, "1"))->Suggest(1, 3));

  EXPECT_THAT(points, SizeIs(3));
}

TEST(Grid, SkipsPointsThatTrialsHaveInAnyOrder) {
  const Problem problem = ProblemOver({Int("0", "5")});
  const auto grid = MakeAlgorithm("grid", problem);

  grid->Observe(Running({{3}, {0}, {1}}));

  EXPECT_THAT(PointsOf(grid->Suggest(4, 10)), ElementsAre(Point{2}, Point{4}, Point{5}));
}

TEST(Grid, NamesEveryParameterThatItCannotCount) {
  const Problem problem = ProblemOver(
      {Double("0", "1"), Int("0", "9223372036854775807"), Int("1", "2"), Double("0", "1")});
  FieldErrors errors;

  Find("grid")->check(problem, errors);

  ASSERT_THAT(errors, SizeIs(3));
  EXPECT_EQ(errors[0].field, "spec.parameters[0].feasibleSpace.step");
  EXPECT_EQ(errors[1].field, "spec.parameters[1].feasibleSpace.max");
  EXPECT_EQ(errors[2].field, "spec.parameters[3].feasibleSpace.step");
}

TEST(Grid, RefusesMorePointsThanItCanCount) {
  const ParameterSpec wide = Int("1", "10000000");
  FieldErrors errors;

  Find("grid")->check(ProblemOver({wide, wide, wide}), errors);

  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_EQ(errors[0].field, "spec.parameters");
}

TEST(Random, IsAFunctionOfSeedAndOrdinal) {
  const Problem problem = ProblemOver({Double("0", "1"), Double("0", "1")});

  const auto one_by_one = RunTrials(*MakeAlgorithm("random", problem), 100, 1);
  const auto at_once = PointsOf(MakeAlgorithm("random", problem)->Suggest(1, 100));
  const auto from_the_middle = PointsOf(MakeAlgorithm("random", problem)->Suggest(51, 1));

  EXPECT_EQ(one_by_one, at_once);
  EXPECT_THAT(from_the_middle, ElementsAre(at_once[50]));
}

TEST(Random, GivesOtherPointsForAnotherSeed) {
  const auto one = MakeAlgorithm("random", ProblemOver({Double("0", "1")}, 1))->Suggest(1, 50);
  const auto two = MakeAlgorithm("random", ProblemOver({Double("0", "1")}, 2))->Suggest(1, 50);

  for (const Point& point : PointsOf(one)) {
    EXPECT_THAT(PointsOf(two), Not(Contains(point)));
  }
}

TEST(Random, DrawsTheFirstPointsOfAFiniteSpaceByTheirMass) {
  const Problem problem = ProblemOver({Int("1000", "1000000000", "", Distribution::kLogUniform)});

  const auto points = RunTrials(*MakeAlgorithm("random", problem), 1000, 10);

  const auto below = std::count_if(
      points.begin(), points.end(), [](const Point& point) { return point[0] <= 1e6; });
  EXPECT_NEAR(static_cast<double>(below), 500, 64);  // 4 standard errors
}

TEST(Random, FindsTheLastFreePointOfALargeSpace) {
  const Problem problem = ProblemOver({Int("0", "99999")});
  const auto random = MakeAlgorithm("random", problem);
  std::vector<Point> taken;
  for (int i = 0; i < 100'000; ++i) {
    if (i != 77'777) {
      taken.push_back({static_cast<double>(i)});
    }
  }

  random->Observe(Running(taken));

  EXPECT_THAT(PointsOf(random->Suggest(100'000, 5)), ElementsAre(Point{77'777}));
}

TEST(Random, HandlesAMillionChoicesAnd64Bits) {
  std::vector<std::string> words;
  for (int i = 0; i < 1'000'000; ++i) {
    words.push_back(std::to_string(i));
  }
  const Problem problem =
      ProblemOver({Words(words), Int("-9223372036854775808", "9223372036854775807")});

  const auto points = RunTrials(*MakeAlgorithm("random", problem), 100, 10);

  EXPECT_THAT(std::set<Point>(points.begin(), points.end()), SizeIs(100));
}

TEST(RandomAndSobol, AcceptAnySpace) {
  const Problem problem = ProblemOver({Double("0", "1"), Int("0", "9223372036854775807")});
  FieldErrors errors;

  Find("random")->check(problem, errors);
  Find("sobol")->check(problem, errors);

  EXPECT_THAT(errors, IsEmpty());
}

}  // namespace
}  // namespace hone::algorithms
