// Tests of auto: which member has the turn in which spaces.
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/algorithms/problems.h"

namespace hone::algorithms {
namespace {

using ::testing::ElementsAre;
using ::testing::Key;
using ::testing::SizeIs;

/// The number of the first trials that each member has proposed; all trials have the same result.
std::map<std::string, int> Authors(Problem problem, std::size_t trials, std::size_t parallel = 1) {
  problem.parallel_trials = parallel;
  const auto search = MakeAlgorithm("auto", problem);
  std::map<std::string, int> authors;
  for (std::size_t first = 1; first <= trials; first += parallel) {
    const Proposals proposals = search->Suggest(first, parallel);
    std::vector<ObservedTrial> observed;
    for (const Proposal& proposal : proposals.list) {
      ++authors[std::string(proposal.why.algorithm)];
      observed.push_back(
          {first + observed.size(), proposal.point, Outcome::kComplete, {proposal.point[0]}, {}});
    }
    search->Observe(observed);
  }
  return authors;
}

Problem Numbers(std::size_t count) {
  return ProblemOver(std::vector<ParameterSpec>(count, Double("0", "1")));
}

TEST(Auto, SearchesNearTheBestWhereThereAreFewNumbers) {
  EXPECT_THAT(Authors(Numbers(3), 40),
              ElementsAre(Key("bayesianoptimization"), Key("bobyqa"), Key("multivariate-tpe")));
  EXPECT_THAT(Authors(Numbers(20), 40),
              ElementsAre(Key("bayesianoptimization"), Key("bobyqa"), Key("cmaes")));
}

TEST(Auto, LeavesLocalSearchOutWhereItIsWeak) {
  EXPECT_THAT(Authors(Numbers(21), 40), ElementsAre(Key("bayesianoptimization"), Key("cmaes")));
  EXPECT_THAT(Authors(Numbers(3), 48, 4),
              ElementsAre(Key("bayesianoptimization"), Key("multivariate-tpe")));
  EXPECT_THAT(Authors(ProblemOver({Double("0", "1"), Words({"a", "b"})}), 40),
              ElementsAre(Key("bayesianoptimization"), Key("multivariate-tpe")));
}

TEST(Auto, DoesWithoutAProcessAmongVeryManyParameters) {
  EXPECT_THAT(Authors(Numbers(201), 40), ElementsAre(Key("cmaes"), Key("multivariate-tpe")));
  EXPECT_THAT(Authors(ProblemOver(std::vector<ParameterSpec>(201, Words({"a", "b", "c"}))), 20),
              ElementsAre(Key("multivariate-tpe")));
}

TEST(BayesianOptimization, TakesAThousandParametersAndNoMore) {
  FieldErrors errors;

  Find("bayesianoptimization")->check(Numbers(1000), errors);
  EXPECT_THAT(errors, SizeIs(0));

  Find("bayesianoptimization")->check(Numbers(1001), errors);
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_EQ(errors[0].field, "spec.parameters");
}

}  // namespace
}  // namespace hone::algorithms
