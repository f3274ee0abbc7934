// How hyperband, bohb and asha handle a limited number of trials, and trials created by Katib's
// hyperband.
#include <cmath>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "algorithms/numerics/hyperband_schedule.h"
#include "tests/algorithms/laboratory.h"

namespace hone::algorithms {
namespace {

using ::testing::IsEmpty;

constexpr double kMost = 27;

/// Problem of one number, and 1 to 27 epochs.
Problem Epochs(std::optional<std::uint64_t> max_trials, const std::vector<Setting>& more = {}) {
  Problem problem = ProblemOver({Double("0", "1"), Int("1", "27")});
  problem.settings = {{"resource_name", "x1"}};
  problem.settings.insert(problem.settings.end(), more.begin(), more.end());
  problem.max_trials = max_trials;
  return problem;
}

std::optional<double> Loss(const ObservedTrial& trial) {
  return std::abs(trial.point[0] - 0.3) + 1 / trial.point[1];
}

class Budget : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Algorithms, Budget, ::testing::Values("asha", "bohb", "hyperband"));

TEST_P(Budget, ReachesAWholeTrialWithAnyNumberOfTrials) {
  for (const std::size_t trials :
       {1U, 2U, 3U, 4U, 5U, 8U, 12U, 13U, 17U, 30U, 39U, 40U, 69U, 100U}) {
    for (const std::size_t parallel : {1U, 4U}) {
      Problem problem = Epochs(trials);
      problem.parallel_trials = parallel;
      Laboratory laboratory(GetParam(), problem, Loss);

      laboratory.Run(trials, parallel);

      EXPECT_EQ(laboratory.trials().size(), trials) << parallel;
      EXPECT_GE(laboratory.CountAt(1, kMost), 1u) << trials << " " << parallel;
    }
  }
}

TEST_P(Budget, IsSpentThoughTrialsFail) {
  Laboratory laboratory(
      GetParam(), Epochs(30), [](const ObservedTrial& trial) -> std::optional<double> {
        return trial.ordinal % 2 == 0 ? std::nullopt : Loss(trial);
      });

  laboratory.Run(30, 3);

  EXPECT_EQ(laboratory.trials().size(), 30u);
}

TEST_P(Budget, OfAStudyThatWasRestartedIsTheSame) {
  Laboratory laboratory(GetParam(), Epochs(30), Loss);

  laboratory.Run(29, 3, [&] { ExpectSame(laboratory.Next(1), laboratory.NextAfterARestart(1)); });
}

TEST(Hyperband, BeginsNoBracketThatItCannotEnd) {
  Laboratory laboratory("hyperband", Epochs(30), Loss);

  laboratory.Run(30, 1);

  // Brackets: 12 + 4 + 1, then 6 + 2; the rest of the budget goes to the last bracket.
  EXPECT_EQ(laboratory.CountAt(1, 1), 0u);
  EXPECT_EQ(laboratory.CountAt(1, 3), 12u);
  EXPECT_EQ(laboratory.CountAt(1, 9), 4u + 6);
  EXPECT_EQ(laboratory.CountAt(1, kMost), 1u + 2 + 5);
}

TEST(Hyperband, BeginsAsInThePaperWhereThereIsRoom) {
  Laboratory limited("hyperband", Epochs(69), Loss);
  Laboratory unlimited("hyperband", Epochs(std::nullopt), Loss);

  limited.Run(69, 1);
  unlimited.Run(69, 1);

  for (std::uint64_t ordinal = 1; ordinal <= 69; ++ordinal) {
    ASSERT_EQ(limited.trial(ordinal).point, unlimited.trial(ordinal).point);
  }
}

TEST(HyperbandSchedule, KnowsHowManyTrialsABracketHas) {
  const HyperbandSchedule schedule(3, 4);

  EXPECT_EQ(schedule.TrialsOfBracket(0), 27u + 9 + 3 + 1);
  EXPECT_EQ(schedule.TrialsOfBracket(1), 12u + 4 + 1);
  EXPECT_EQ(schedule.TrialsOfBracket(2), 6u + 2);
  EXPECT_EQ(schedule.TrialsOfBracket(3), 4u);
}

/// The first bracket as Katib's service creates it, without parents: 27 trials of 1 epoch, 9 of 3,
/// and `advanced` of 9.
std::vector<ObservedTrial> TakenOver(std::size_t advanced) {
  std::vector<ObservedTrial> trials;
  const auto add = [&trials](double x, double epochs) {
    ObservedTrial trial{trials.size() + 1, {x, epochs}, Outcome::kComplete, {x}, {}};
    trials.push_back(trial);
  };
  for (int i = 0; i < 27; ++i) {
    add((i * 7 % 27) / 27.0, 1);
  }
  for (int i = 0; i < 9; ++i) {
    add(i / 27.0, 3);
  }
  for (std::size_t i = 0; i < advanced; ++i) {
    add(static_cast<double>(i) / 27.0, 9);
  }
  return trials;
}

TEST(Hyperband, GoesOnWhereKatibsStands) {
  const std::vector<Setting> state = {{"s_max", "3"},
                                      {"b_l", "108.0"},
                                      {"r", "1"},
                                      {"n", "27"},
                                      {"current_s", "3"},
                                      {"current_i", "1"},
                                      {"evaluating_trials", "9"}};
  const Problem problem = Epochs(std::nullopt, state);
  FieldErrors errors;
  CheckSettings(*Find("hyperband"), problem.settings, "settings", errors);
  EXPECT_THAT(errors, IsEmpty());
  const auto search = MakeAlgorithm("hyperband", problem);
  search->Observe(TakenOver(1));

  const Proposals next = search->Suggest(38, 3);

  // The two remaining trials of the second rung's best three, then the next bracket.
  EXPECT_EQ(next.list[0].point, (Point{1 / 27.0, 9}));
  EXPECT_EQ(next.list[1].point, (Point{2 / 27.0, 9}));
  EXPECT_EQ(next.list[2].point[1], 3);
  EXPECT_EQ(next.list[2].parent, 0u);
}

}  // namespace
}  // namespace hone::algorithms
