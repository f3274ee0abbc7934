// What hyperband, bohb and asha share, and behaviour of hyperband and bohb alone.
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "algorithms/numerics/resource_ladder.h"
#include "tests/algorithms/laboratory.h"

namespace hone::algorithms {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::size_t kResource = 2;

/// Two numbers and 1 to `maximum` epochs.
Problem Epochs(const std::string& maximum, const std::vector<Setting>& more = {}) {
  Problem problem = ProblemOver({Double("0", "1"), Double("0", "1"), Int("1", maximum)});
  problem.settings = {{"resource_name", "x2"}};
  problem.settings.insert(problem.settings.end(), more.begin(), more.end());
  return problem;
}

/// Better with the first parameter near 0.3, and with more epochs.
std::optional<double> Loss(const ObservedTrial& trial) {
  return std::abs(trial.point[0] - 0.3) + 1 / trial.point[kResource];
}

double LossOf(const ObservedTrial& trial) {
  return trial.objectives.empty() ? HUGE_VAL : trial.objectives.front();
}

/// Every trial that advanced, in the order of rank among those of its bracket's rung.
std::set<std::uint64_t> Parents(const Laboratory& laboratory) {
  std::set<std::uint64_t> parents;
  for (const ObservedTrial& trial : laboratory.trials()) {
    if (trial.parent != 0) {
      EXPECT_TRUE(parents.insert(trial.parent).second) << "advanced twice: " << trial.parent;
      const ObservedTrial& parent = laboratory.trial(trial.parent);
      EXPECT_EQ(trial.point[0], parent.point[0]);
      EXPECT_EQ(trial.point[1], parent.point[1]);
      EXPECT_GT(trial.point[kResource], parent.point[kResource]);
    }
  }
  return parents;
}

class Fidelity : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Algorithms, Fidelity, ::testing::Values("asha", "bohb", "hyperband"));

TEST_P(Fidelity, SaysTheSameAfterARestartAnywhere) {
  Laboratory laboratory(GetParam(), Epochs("27"), Loss);

  laboratory.Run(150, 5, [&] { ExpectSame(laboratory.Next(3), laboratory.NextAfterARestart(3)); });

  EXPECT_THAT(laboratory.trials(), SizeIs(150));
}

TEST_P(Fidelity, KeepsAnyNumberOfWorkersBusy) {
  for (const std::size_t parallel : {1u, 2u, 16u, 100u}) {
    Laboratory laboratory(GetParam(), Epochs("27"), Loss);

    laboratory.Run(400, parallel);

    EXPECT_THAT(laboratory.trials(), SizeIs(400)) << parallel;
    EXPECT_THAT(Parents(laboratory), Not(IsEmpty())) << parallel;
    EXPECT_GT(laboratory.CountAt(kResource, 27), 0u) << parallel;
  }
}

TEST_P(Fidelity, NeverAdvancesATrialThatFailedOrHasNoFiniteValue) {
  const double odd[] = {NAN, HUGE_VAL, -HUGE_VAL};
  Laboratory laboratory(
      GetParam(), Epochs("27"), [&](const ObservedTrial& trial) -> std::optional<double> {
        if (trial.ordinal % 3 == 0) {
          return std::nullopt;
        }
        return trial.ordinal % 3 == 1 ? odd[trial.ordinal % 9 / 3] : Loss(trial);
      });

  laboratory.Run(300, 4);

  EXPECT_THAT(laboratory.trials(), SizeIs(300));
  const auto parents = Parents(laboratory);
  EXPECT_THAT(parents, Not(IsEmpty()));
  for (const std::uint64_t parent : parents) {
    EXPECT_EQ(parent % 3, 2u);
  }
}

TEST_P(Fidelity, GoesOnWhenEveryTrialFails) {
  Laboratory laboratory(
      GetParam(), Epochs("27"), [](const ObservedTrial&) { return std::nullopt; });

  laboratory.Run(200, 4);

  EXPECT_THAT(laboratory.trials(), SizeIs(200));
  EXPECT_THAT(Parents(laboratory), IsEmpty());
}

TEST_P(Fidelity, PrefersTheOlderOfEquals) {
  Laboratory laboratory(GetParam(), Epochs("9"), [](const ObservedTrial&) { return 1.0; });

  laboratory.Run(9, 1);
  const Proposals next = laboratory.Next(1);
  const std::uint64_t first =
      laboratory.CountAt(kResource, 1) == 9 ? next.list.at(0).parent : *Parents(laboratory).begin();

  EXPECT_EQ(first, 1u);
}

TEST_P(Fidelity, HasNoEqualConfigurationsInARungOfAFiniteSpace) {
  Problem problem = ProblemOver({Words({"a", "b", "c", "d"}), Int("1", "5"), Int("1", "9")});
  problem.settings = {{"resource_name", "x2"}};
  Laboratory laboratory(GetParam(), problem, [](const ObservedTrial& trial) {
    return trial.point[0] + trial.point[1];
  });

  laboratory.Run(1000, 3);

  std::set<Point> started;
  for (const ObservedTrial& trial : laboratory.trials()) {
    if (trial.parent == 0) {
      EXPECT_TRUE(started.insert(trial.point).second);
    }
  }
  EXPECT_TRUE(laboratory.has_ended());
  EXPECT_EQ(laboratory.running(), 0u);
  EXPECT_GE(started.size(), 20u);
  EXPECT_THAT(Parents(laboratory), Not(IsEmpty()));
}

TEST_P(Fidelity, TakesAnyNumberAsAResource) {
  Problem problem = ProblemOver(
      {Double("0.01", "1", "", Distribution::kLogUniform), Double("0", "1"), Words({"a", "b"})});
  problem.settings = {{"resource_name", "x0"}, {"eta", "4"}};
  Laboratory laboratory(
      GetParam(), problem, [](const ObservedTrial& trial) { return trial.point[1]; });

  laboratory.Run(100, 4);

  EXPECT_EQ(laboratory.CountAt(0, 1.0 / 64) + laboratory.CountAt(0, 1.0 / 16) +
                laboratory.CountAt(0, 0.25) + laboratory.CountAt(0, 1),
            100u);
  EXPECT_GT(laboratory.CountAt(0, 0.25), 0u);
}

TEST_P(Fidelity, SaysWhatIsWrongWithTheResource) {
  const std::pair<std::vector<Setting>, const char*> wrong[] = {
      {{}, "give resource_name"},
      {{{"resource_name", "epochs"}}, "must name a parameter"},
      {{{"resource_name", "x3"}}, "int or double"},
      {{{"resource_name", "x2"}, {"r_l", "82"}}, "in the range of parameter x2, 1 to 81"},
      {{{"resource_name", "x2"}, {"r_l", "2"}}, "only one rung"},
      {{{"resource_name", "x2"}, {"eta", "1.0001"}}, "must be larger"},
      {{{"resource_name", "x2"}, {"r_min", "80"}}, "only one rung"},
  };
  for (const auto& [settings, message] : wrong) {
    Problem problem =
        ProblemOver({Double("0", "1"), Double("0", "1"), Int("1", "81"), Words({"a", "b"})});
    problem.settings = settings;
    FieldErrors errors;

    Find(GetParam())->check(problem, errors);

    ASSERT_THAT(errors, SizeIs(1)) << message;
    EXPECT_THAT(errors[0].message, HasSubstr(message));
    EXPECT_THAT(errors[0].field, HasSubstr("spec.algorithm.algorithmSettings"));
  }
}

TEST(ResourceLadder, IsRoundedToTheValuesOfItsParameter) {
  FieldErrors errors;
  Problem problem = ProblemOver({Int("2", "100", "7")});
  problem.settings = {{"resource_name", "x0"}, {"eta", "2"}};

  const auto ladder = ResourceLadder::Make(problem, errors);

  ASSERT_TRUE(ladder.has_value());
  EXPECT_THAT(ladder->levels(), ElementsAre(2, 9, 16, 23, 51, 100));
  EXPECT_EQ(ladder->LevelOf({23}), 3u);
  EXPECT_EQ(ladder->LevelOf({30}), std::nullopt);
}

/// The only parameter of its space, after OpenResource with these settings.
Parameter Opened(const ParameterSpec& resource, std::vector<Setting> settings) {
  settings.push_back({"resource_name", "x0"});
  return OpenResource(ProblemOver({resource}).space, settings).parameters()[0];
}

TEST(ResourceLadder, IsOpenedUpToItsMaximumWhereItsParameterIsOneValue) {
  const Parameter epochs = Opened(Int("1", "1"), {{"r_l", "2"}});
  const Parameter above = Opened(Int("20", "20", "5"), {{"r_l", "9"}});
  const Parameter rounded = Opened(Int("0", "0"), {{"r_l", "8.5"}, {"r_min", "2.5"}});
  const Parameter share =
      Opened(Double("1", "1", "", Distribution::kLogUniform), {{"r_l", "0.9"}, {"r_min", "0.1"}});

  EXPECT_EQ(std::pair(epochs.low, epochs.high), std::pair(1.0, 2.0));
  EXPECT_EQ(std::pair(above.low, above.high), std::pair(1.0, 9.0));
  EXPECT_EQ(above.step, 1);
  EXPECT_EQ(std::pair(rounded.low, rounded.high), std::pair(2.0, 9.0));
  EXPECT_EQ(std::pair(share.low, share.high), std::pair(0.1, 0.9));
}

TEST(ResourceLadder, LeavesEveryOtherParameterAsItIs) {
  const ParameterSpec word = Words({"2"});
  const ParameterSpec one = Int("1", "1");
  const std::vector<Setting> maximum = {{"r_l", "2"}};

  EXPECT_EQ(Opened(Int("1", "4"), {{"r_l", "5"}}).high, 4);
  EXPECT_EQ(Opened(one, {}).high, 1);
  EXPECT_EQ(Opened(one, {{"r_l", "1e300"}}).high, 1);
  EXPECT_EQ(Opened(word, maximum), ProblemOver({word}).space.parameters()[0]);
  const SearchSpace tree = ProblemOver({one, Under("x0", {"1"}, Int("5", "5"))}).space;
  for (const char* const name : {"x0", "x1", "x2"}) {
    const std::vector<Setting> settings = {{"resource_name", name}, {"r_l", "2"}};
    EXPECT_EQ(OpenResource(tree, settings).parameters(), tree.parameters());
  }
  EXPECT_EQ(OpenResource(tree, maximum).parameters(), tree.parameters());
}

/// The number of trials of each bracket on each level. Every trial of a bracket ends before the
/// next is requested: one worker, and immediate results.
std::map<std::pair<double, double>, std::size_t> Shape(const Laboratory& laboratory) {
  std::map<std::pair<double, double>, std::size_t> counts;
  std::map<std::uint64_t, double> started;
  for (const ObservedTrial& trial : laboratory.trials()) {
    started[trial.ordinal] = trial.parent == 0 ? trial.point[kResource] : started.at(trial.parent);
    ++counts[{started[trial.ordinal], trial.point[kResource]}];
  }
  return counts;
}

TEST(Hyperband, HalvesAsInThePapersTable) {
  Laboratory laboratory("hyperband", Epochs("81"), Loss);

  laboratory.Run(121 + 49 + 21 + 10 + 5, 1);

  const std::map<std::pair<double, double>, std::size_t> table = {{{1, 1}, 81},
                                                                  {{1, 3}, 27},
                                                                  {{1, 9}, 9},
                                                                  {{1, 27}, 3},
                                                                  {{1, 81}, 1},
                                                                  {{3, 3}, 34},
                                                                  {{3, 9}, 11},
                                                                  {{3, 27}, 3},
                                                                  {{3, 81}, 1},
                                                                  {{9, 9}, 15},
                                                                  {{9, 27}, 5},
                                                                  {{9, 81}, 1},
                                                                  {{27, 27}, 8},
                                                                  {{27, 81}, 2},
                                                                  {{81, 81}, 5}};
  EXPECT_EQ(Shape(laboratory), table);
}

TEST(Hyperband, HalvesEightConfigurations) {
  Laboratory laboratory("hyperband", Epochs("8", {{"eta", "2"}}), Loss);

  laboratory.Run(15 + 10 + 6 + 4, 1);

  const std::map<std::pair<double, double>, std::size_t> table = {{{1, 1}, 8},
                                                                  {{1, 2}, 4},
                                                                  {{1, 4}, 2},
                                                                  {{1, 8}, 1},
                                                                  {{2, 2}, 6},
                                                                  {{2, 4}, 3},
                                                                  {{2, 8}, 1},
                                                                  {{4, 4}, 4},
                                                                  {{4, 8}, 2},
                                                                  {{8, 8}, 4}};
  EXPECT_EQ(Shape(laboratory), table);
}

TEST(Hyperband, HasTheSameShapeWithManyWorkersAndBeginsAgain) {
  Laboratory laboratory("hyperband", Epochs("9"), Loss);

  laboratory.Run(22 * 20, 7);

  const auto shape = Shape(laboratory);
  EXPECT_NEAR(static_cast<double>(shape.at({1, 1})), 9 * 20, 9);
  EXPECT_NEAR(static_cast<double>(shape.at({1, 3})), 3 * 20, 3);
  EXPECT_NEAR(static_cast<double>(shape.at({1, 9})), 20, 2);
  EXPECT_NEAR(static_cast<double>(shape.at({3, 3})), 5 * 20, 5);
  EXPECT_NEAR(static_cast<double>(shape.at({9, 9})), 3 * 20, 3);
}

TEST(Hyperband, AdvancesTheBestThirdOfEachRung) {
  Laboratory laboratory("hyperband", Epochs("27"), Loss);

  laboratory.Run(27 + 9 + 3 + 1, 1);

  std::vector<std::pair<double, std::uint64_t>> rung;
  for (std::uint64_t ordinal = 1; ordinal <= 27; ++ordinal) {
    rung.emplace_back(LossOf(laboratory.trial(ordinal)), ordinal);
  }
  std::sort(rung.begin(), rung.end());
  for (std::size_t i = 0; i < 9; ++i) {
    EXPECT_EQ(laboratory.trial(28 + i).parent, rung[i].second);
    EXPECT_EQ(laboratory.trial(28 + i).point[kResource], 3);
  }
}

TEST(Hyperband, WaitsForARungInTheNextBracket) {
  Laboratory laboratory("hyperband", Epochs("9"), Loss);
  laboratory.Start(9);
  for (int i = 0; i < 8; ++i) {
    laboratory.End();
  }

  laboratory.Start(2);
  EXPECT_EQ(laboratory.trial(10).parent, 0u);
  EXPECT_EQ(laboratory.trial(10).point[kResource], 3);
  laboratory.End();  // the last of the first rung
  laboratory.Start(4);

  for (std::uint64_t ordinal = 12; ordinal <= 14; ++ordinal) {
    EXPECT_NE(laboratory.trial(ordinal).parent, 0u);
    EXPECT_EQ(laboratory.trial(ordinal).point[kResource], 3);
  }
  EXPECT_EQ(laboratory.trial(15).parent, 0u);
}

TEST(Hyperband, AdvancesOfASmallSpaceTheShareThatThereIs) {
  Problem problem = ProblemOver({Words({"a", "b", "c", "d", "e", "f"}), Int("1", "9")});
  problem.settings = {{"resource_name", "x1"}};
  Laboratory laboratory(
      "hyperband", problem, [](const ObservedTrial& trial) { return trial.point[0]; });
  laboratory.Start(6);
  while (laboratory.running() > 0) {
    laboratory.End();
  }

  laboratory.Start(3);

  // 6 / 3 = 2 trials advance although the bracket was planned for 9; then the next bracket starts.
  EXPECT_EQ(laboratory.trial(7).point, (Point{0, 3}));
  EXPECT_EQ(laboratory.trial(8).point, (Point{1, 3}));
  EXPECT_NE(laboratory.trial(8).parent, 0u);
  EXPECT_EQ(laboratory.trial(9).parent, 0u);
}

TEST(Bohb, LearnsFromTheHighestLevelThatHasEnough) {
  // With many epochs the optimum is elsewhere: points that are good on the first level are bad.
  const auto loss = [](const ObservedTrial& trial) -> std::optional<double> {
    return trial.point[kResource] < 27 ? trial.point[0] : std::abs(trial.point[0] - 0.2);
  };
  Laboratory learner("bohb", Epochs("27", {{"random_fraction", "0"}}), loss);
  Laboratory gambler("bohb", Epochs("27", {{"random_fraction", "1"}}), loss);

  learner.Run(600, 4);
  gambler.Run(600, 4);

  const auto near = [](const Laboratory& laboratory) {
    int count = 0;
    for (const ObservedTrial& trial : laboratory.trials()) {
      const bool is_new = trial.parent == 0 && trial.ordinal > 300;
      count += is_new && std::abs(trial.point[0] - 0.2) < 0.1 ? 1 : 0;
    }
    return count;
  };
  EXPECT_GT(near(learner), 2 * near(gambler));
}

}  // namespace
}  // namespace hone::algorithms
