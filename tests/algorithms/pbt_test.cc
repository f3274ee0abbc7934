#include <cmath>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/algorithms/laboratory.h"

namespace hone::algorithms {
namespace {

using ::testing::AnyOf;
using ::testing::DoubleNear;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Problem Mixed(const std::vector<Setting>& more = {}) {
  Problem problem = ProblemOver({Double("-1", "1"),
                                 Double("1e-4", "1", "", Distribution::kLogUniform),
                                 Int("1", "64"),
                                 Words({"a", "b", "c", "d"}),
                                 Numbers({"16", "32", "8"})});
  problem.settings = {{"n_population", "10"}};
  problem.settings.insert(problem.settings.end(), more.begin(), more.end());
  return problem;
}

std::optional<double> Loss(const ObservedTrial& trial) {
  return std::abs(trial.point[0]);
}

/// The generation of each trial, from 0.
std::vector<std::size_t> Generations(const Laboratory& laboratory) {
  std::vector<std::size_t> generations;
  for (const ObservedTrial& trial : laboratory.trials()) {
    generations.push_back(trial.parent == 0 ? 0 : generations.at(trial.parent - 1) + 1);
  }
  return generations;
}

/// Trials that took over from another trial: every child of a trial except the first.
std::vector<ObservedTrial> Exploiters(const Laboratory& laboratory) {
  std::set<std::uint64_t> went_on;
  std::vector<ObservedTrial> exploiters;
  for (const ObservedTrial& trial : laboratory.trials()) {
    if (trial.parent != 0 && !went_on.insert(trial.parent).second) {
      exploiters.push_back(trial);
    }
  }
  return exploiters;
}

TEST(Pbt, SaysTheSameAfterARestartAnywhere) {
  Laboratory laboratory("pbt", Mixed(), [](const ObservedTrial& trial) {
    return trial.ordinal % 7 == 0 ? std::nullopt : Loss(trial);
  });

  laboratory.Run(150, 4, [&] { ExpectSame(laboratory.Next(5), laboratory.NextAfterARestart(5)); });

  EXPECT_THAT(laboratory.trials(), SizeIs(150));
}

TEST(Pbt, KeepsAsManyMembersAsItIsTold) {
  for (const std::size_t parallel : {1u, 3u, 10u}) {
    Laboratory laboratory("pbt", Mixed(), Loss);

    laboratory.Run(200, parallel);

    std::map<std::size_t, int> sizes;
    for (const std::size_t generation : Generations(laboratory)) {
      ++sizes[generation];
    }
    EXPECT_EQ(sizes[0], 10) << parallel;
    for (const auto& [generation, size] : sizes) {
      EXPECT_LE(size, 10) << generation;
    }
    EXPECT_THAT(sizes, SizeIs(Gt(18))) << parallel;
  }
}

TEST(Pbt, GoesOnAsItIsUnlessItIsAmongTheWorst) {
  Laboratory laboratory("pbt", Mixed(), Loss);

  laboratory.Run(20, 1);

  std::vector<std::pair<double, std::uint64_t>> ranks;
  for (std::uint64_t ordinal = 1; ordinal <= 10; ++ordinal) {
    ranks.emplace_back(laboratory.trial(ordinal).objectives[0], ordinal);
  }
  std::sort(ranks.begin(), ranks.end());
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(laboratory.trial(11 + i).parent, ranks[i].second);
    EXPECT_EQ(laboratory.trial(11 + i).point, laboratory.trial(ranks[i].second).point);
  }
  for (std::uint64_t ordinal = 19; ordinal <= 20; ++ordinal) {
    EXPECT_THAT(laboratory.trial(ordinal).parent, AnyOf(ranks[0].second, ranks[1].second));
    EXPECT_NE(laboratory.trial(ordinal).point,
              laboratory.trial(laboratory.trial(ordinal).parent).point);
  }
}

TEST(Pbt, MultipliesByFourOrSixFifthsWithoutResampling) {
  Laboratory laboratory("pbt", Mixed({{"resample_probability", "0"}}), Loss);

  laboratory.Run(300, 5);

  const auto exploiters = Exploiters(laboratory);
  ASSERT_THAT(exploiters, SizeIs(Gt(30)));
  for (const ObservedTrial& trial : exploiters) {
    const Point& from = laboratory.trial(trial.parent).point;
    const Point& to = trial.point;
    EXPECT_THAT(
        to[1],
        AnyOf(DoubleNear(0.8 * from[1], 1e-12), DoubleNear(1.2 * from[1], 1e-12), 1e-4, 1.0));
    EXPECT_LE(std::abs(to[2] - from[2]), std::max(1.0, std::round(from[2] * 0.2 + 0.5)));
    EXPECT_LE(std::abs(to[3] - from[3]), 1);
    EXPECT_LE(std::abs(to[4] - from[4]), 1);
  }
}

TEST(Pbt, DrawsEveryParameterAnewWhenItAlwaysResamples) {
  Laboratory laboratory("pbt", Mixed({{"resample_probability", "1"}}), Loss);

  laboratory.Run(300, 5);

  const auto exploiters = Exploiters(laboratory);
  ASSERT_THAT(exploiters, SizeIs(Gt(30)));
  std::size_t far = 0;
  for (const ObservedTrial& trial : exploiters) {
    const double ratio = trial.point[1] / laboratory.trial(trial.parent).point[1];
    EXPECT_NE(ratio, 1.2);
    far += ratio > 1.21 || ratio < 0.79 ? 1 : 0;
  }
  EXPECT_GT(far, exploiters.size() / 2);
}

TEST(Pbt, MovesSmallIntsAndZeros) {
  Problem problem = ProblemOver({Int("0", "3"), Double("0", "1", "0.5"), Int("-2", "2")});
  problem.settings = {{"n_population", "5"}, {"resample_probability", "0"}};
  Laboratory laboratory("pbt", problem, [](const ObservedTrial& trial) { return trial.point[0]; });

  laboratory.Run(200, 1);

  bool from_zero = false;
  for (const ObservedTrial& trial : Exploiters(laboratory)) {
    const Point& from = laboratory.trial(trial.parent).point;
    from_zero = from_zero || (from[0] == 0 && trial.point[0] == 1);
  }
  EXPECT_TRUE(from_zero);
}

TEST(Pbt, ReplacesMembersThatFail) {
  Laboratory laboratory("pbt", Mixed(), [](const ObservedTrial& trial) {
    return trial.ordinal % 3 == 0 ? std::nullopt : Loss(trial);
  });

  laboratory.Run(300, 5);

  std::size_t anew = 0;
  for (const ObservedTrial& trial : laboratory.trials()) {
    if (trial.parent == 0) {
      ++anew;
    } else {
      EXPECT_NE(trial.parent % 3, 0u);
    }
  }
  EXPECT_THAT(laboratory.trials(), SizeIs(300));
  EXPECT_LT(anew, 40u);
}

TEST(Pbt, StartsAnewWhileEveryTrialFails) {
  Laboratory laboratory("pbt", Mixed(), [](const ObservedTrial&) { return std::nullopt; });

  laboratory.Run(100, 3);

  EXPECT_THAT(laboratory.trials(), SizeIs(100));
  EXPECT_THAT(Exploiters(laboratory), IsEmpty());
}

TEST(Pbt, WorksInASpaceSmallerThanItsPopulation) {
  Problem problem = ProblemOver({Words({"a", "b"}), Int("1", "2")});
  problem.settings = {{"n_population", "10"}};
  Laboratory laboratory("pbt", problem, [](const ObservedTrial& trial) { return trial.point[0]; });

  laboratory.Run(100, 8);

  EXPECT_THAT(laboratory.trials(), SizeIs(100));
  EXPECT_FALSE(laboratory.has_ended());
}

TEST(Pbt, GoesOnWhenAllValuesAreEqual) {
  Laboratory laboratory("pbt", Mixed(), [](const ObservedTrial&) { return 0.0; });

  laboratory.Run(200, 4);

  EXPECT_THAT(laboratory.trials(), SizeIs(200));
  EXPECT_THAT(Exploiters(laboratory), Not(IsEmpty()));
}

TEST(Pbt, WantsAnAbsoluteFolderForCheckpoints) {
  FieldErrors errors;

  Find("pbt")->check(Mixed({{"suggestion_trial_dir", "/var/log/katib"}}), errors);
  EXPECT_THAT(errors, IsEmpty());
  Find("pbt")->check(Mixed({{"suggestion_trial_dir", "checkpoints"}}), errors);

  EXPECT_THAT(errors, SizeIs(1));
}

}  // namespace
}  // namespace hone::algorithms
