// Known answers of the stopping rules.
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "algorithms/numerics/best_share.h"
#include "algorithms/rule_catalogue.h"

namespace hone::algorithms {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::unique_ptr<StoppingRule> Make(std::string_view name, const std::vector<Setting>& settings) {
  FieldErrors errors;
  CheckSettings(*FindRule(name), settings, "settings", errors);
  EXPECT_THAT(errors, IsEmpty());
  return FindRule(name)->make(settings);
}

/// Reports `values` at the steps 1, 2, ... Returns the step at which the trial is stopped, or 0.
std::int64_t RunTrial(StoppingRule& rule,
                      std::uint64_t ordinal,
                      const std::vector<double>& values) {
  rule.Begin(ordinal);
  std::int64_t step = 0;
  for (const double value : values) {
    if (rule.Observe({ordinal, ++step, value})) {
      rule.End(ordinal, Outcome::kStoppedEarly);
      return step;
    }
  }
  rule.End(ordinal, Outcome::kComplete);
  return 0;
}

TEST(MedianStop, StopsATrialThatIsWorseThanTheMedianOfTheRunningMeans) {
  const auto rule = Make("medianstop", {{"start_step", "2"}});
  EXPECT_EQ(RunTrial(*rule, 1, {1, 3}), 0);    // means 1, 2
  EXPECT_EQ(RunTrial(*rule, 2, {9, 11}), 0);   // means 9, 10
  EXPECT_EQ(RunTrial(*rule, 3, {50, 70}), 0);  // means 50, 60: the median is 10, the mean 24

  EXPECT_EQ(RunTrial(*rule, 4, {90, 10}), 0);  // as good as the median
  EXPECT_EQ(RunTrial(*rule, 5, {90, 31}), 2);  // four means now: 2, 10, 50, 60
  EXPECT_EQ(RunTrial(*rule, 6, {90, 30}), 0);
}

TEST(MedianStop, NamesBothValuesThatWereCompared) {
  const auto rule = Make("medianstop", {{"start_step", "1"}});
  for (const std::uint64_t ordinal : {1U, 2U, 3U}) {
    RunTrial(*rule, ordinal, {static_cast<double>(ordinal)});
  }
  rule->Begin(4);

  const std::optional<Verdict> verdict = rule->Observe({4, 7, 5.5});

  ASSERT_TRUE(verdict.has_value());
  EXPECT_EQ(verdict->step, 7);
  EXPECT_EQ(verdict->value, 5.5);
  EXPECT_EQ(verdict->bar, 2);
  EXPECT_THAT(verdict->reason, HasSubstr("worse than the median of the running means"));
}

TEST(MedianStop, JudgesByTheBestValueSoFarAndNotByTheLast) {
  const auto rule = Make("medianstop", {{"start_step", "3"}});
  for (const std::uint64_t ordinal : {1U, 2U, 3U}) {
    RunTrial(*rule, ordinal, {4, 4, 4});
  }

  EXPECT_EQ(RunTrial(*rule, 4, {3, 100, 100, 100}), 0);
  EXPECT_EQ(RunTrial(*rule, 5, {5, 100, 100, 100}), 3);
}

TEST(MedianStop, WaitsForItsFirstStepAndForEnoughTrials) {
  const auto rule = Make("medianstop", {});
  EXPECT_EQ(RunTrial(*rule, 1, {1, 1, 1, 1, 1}), 0);
  EXPECT_EQ(RunTrial(*rule, 2, {1, 1, 1, 1, 1}), 0);
  EXPECT_EQ(RunTrial(*rule, 3, {9, 9, 9, 9, 9}), 0);

  EXPECT_EQ(RunTrial(*rule, 4, {9, 9, 9}), 0);
  EXPECT_EQ(RunTrial(*rule, 5, {9, 9, 9, 9, 9}), 4);
}

TEST(MedianStop, CountsOnlyTrialsThatHaveSucceeded) {
  const auto rule = Make("medianstop", {{"min_trials_required", "1"}, {"start_step", "1"}});
  for (const Outcome outcome : {Outcome::kFailed, Outcome::kStoppedEarly}) {
    rule->Begin(1);
    EXPECT_FALSE(rule->Observe({1, 1, 0.0}).has_value());
    rule->End(1, outcome);
  }

  EXPECT_EQ(RunTrial(*rule, 2, {5}), 0);
  EXPECT_EQ(RunTrial(*rule, 3, {6}), 1);
}

TEST(MedianStop, ComparesLongCurvesAtAboutTheSameStep) {
  const auto rule = Make("medianstop", {{"min_trials_required", "1"}});
  std::vector<double> falling;
  for (int step = 1; step <= 5000; ++step) {
    falling.push_back(5000 - step);
  }
  EXPECT_EQ(RunTrial(*rule, 1, falling), 0);

  rule->Begin(2);
  // The running mean up to step s is 5000 - (s + 1) / 2.
  EXPECT_FALSE(rule->Observe({2, 2000, 3970}).has_value());
  EXPECT_TRUE(rule->Observe({2, 4000, 3100}).has_value());
}

TEST(MedianStop, NeverStopsWhileMostOfTheOthersHaveDiverged) {
  const auto rule = Make("medianstop", {{"start_step", "1"}});
  EXPECT_EQ(RunTrial(*rule, 1, {NAN}), 0);
  EXPECT_EQ(RunTrial(*rule, 2, {-kInfinity}), 0);
  EXPECT_EQ(RunTrial(*rule, 3, {1}), 0);

  EXPECT_EQ(RunTrial(*rule, 4, {1e308}), 0);
}

TEST(AshaStop, LetsTheBestThirdOfARungGoOn) {
  const auto rule = Make("asha-stop", {});
  for (std::uint64_t ordinal = 1; ordinal <= 9; ++ordinal) {
    rule->Begin(ordinal);
  }

  EXPECT_FALSE(rule->Observe({1, 1, 0.5}));  // no trial is judged before there are three
  EXPECT_FALSE(rule->Observe({2, 1, 0.6}));
  EXPECT_TRUE(rule->Observe({3, 1, 0.7}));
  EXPECT_FALSE(rule->Observe({4, 1, 0.1}));
  EXPECT_TRUE(rule->Observe({5, 1, 0.2}));
  EXPECT_FALSE(rule->Observe({6, 1, 0.2 - 1e-9}));  // the second of six
  EXPECT_TRUE(rule->Observe({7, 1, 0.2}));          // as good as trial 5, and younger
  EXPECT_FALSE(rule->Observe({8, 1, 0.0}));
  EXPECT_FALSE(rule->Observe({9, 1, 0.15}));  // the third of nine
}

TEST(AshaStop, JudgesATrialOnceAtEachRung) {
  const auto rule = Make("asha-stop", {{"eta", "2"}, {"r_min", "2"}});
  for (const std::uint64_t ordinal : {1U, 2U, 3U}) {
    rule->Begin(ordinal);
  }

  EXPECT_FALSE(rule->Observe({1, 1, 0.0}));
  EXPECT_FALSE(rule->Observe({1, 2, 0.5}));  // rung 2
  EXPECT_FALSE(rule->Observe({2, 2, 0.4}));
  EXPECT_FALSE(rule->Observe({1, 3, 9.0}));  // was judged by its value at step 2
  EXPECT_FALSE(rule->Observe({1, 4, 0.5}));  // rung 4
  const auto verdict = rule->Observe({2, 5, 0.7});
  ASSERT_TRUE(verdict.has_value());
  EXPECT_EQ(verdict->bar, 0.5);
  EXPECT_THAT(verdict->reason, HasSubstr("the best 1 of the 2 trials that have reached step 4"));
}

TEST(AshaStop, SkipsRungsBetweenTwoReports) {
  const auto rule = Make("asha-stop", {{"eta", "2"}});
  for (const std::uint64_t ordinal : {1U, 2U, 3U}) {
    rule->Begin(ordinal);
  }

  EXPECT_FALSE(rule->Observe({1, 10, 0.1}));  // rung 8 alone
  EXPECT_FALSE(rule->Observe({2, 1, 0.9}));
  EXPECT_FALSE(rule->Observe({2, 2, 0.9}));
  EXPECT_TRUE(rule->Observe({2, 8, 0.9}));
}

TEST(AshaStop, StopsNoTrialAtTheLastStep) {
  const auto rule = Make("asha-stop", {{"eta", "2"}, {"max_resource", "4"}});
  EXPECT_EQ(RunTrial(*rule, 1, {1, 1, 1, 1}), 0);
  EXPECT_EQ(RunTrial(*rule, 2, {0, 0, 9, 9}), 0);
  EXPECT_EQ(RunTrial(*rule, 3, {2, 2, 2, 2}), 1);
}

TEST(AshaStop, ForgetsAnAttemptThatIsRunAgain) {
  const auto rule = Make("asha-stop", {{"eta", "2"}});
  rule->Begin(1);
  EXPECT_FALSE(rule->Observe({1, 1, 0.0}));
  rule->Begin(1);
  rule->Begin(2);

  EXPECT_FALSE(rule->Observe({2, 1, 0.5}));
  EXPECT_FALSE(rule->Observe({1, 1, 0.4}));
}

TEST(AshaStop, NeedsARungBelowTheEnd) {
  FieldErrors errors;
  CheckSettings(*FindRule("asha-stop"),
                std::vector<Setting>{{"r_min", "9"}, {"max_resource", "9"}},
                "spec.earlyStopping.algorithmSettings",
                errors);

  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(errors[0].message, HasSubstr("max_resource must be greater than r_min"));
}

TEST(Plateau, StopsATrialThatHasNotImprovedForItsPatience) {
  const auto rule = Make("plateau", {{"patience", "3"}});

  EXPECT_EQ(RunTrial(*rule, 1, {5, 4, 4, 4, 3, 3, 3, 3}), 8);
  EXPECT_EQ(RunTrial(*rule, 2, {5, 4, 3, 2, 1}), 0);
}

TEST(Plateau, CountsSmallGainsAsNone) {
  const auto rule = Make("plateau", {{"patience", "2"}, {"min_delta", "0.5"}});

  EXPECT_EQ(RunTrial(*rule, 1, {5, 4.8, 4.6}), 3);
  EXPECT_EQ(RunTrial(*rule, 2, {5, 4.8, 4.4, 4.2, 3.8}), 0);
}

TEST(Plateau, HasPatienceUntilItsFirstStep) {
  const auto rule = Make("plateau", {{"patience", "2"}, {"start_step", "5"}});

  EXPECT_EQ(RunTrial(*rule, 1, {1, 1, 1, 1, 1, 1}), 6);
}

TEST(BestShare, HoldsTheSmallestValues) {
  BestShare share(3);
  for (std::uint64_t ordinal = 1; ordinal <= 10; ++ordinal) {
    share.Insert({static_cast<double>(ordinal * 7 % 10), ordinal});
  }

  EXPECT_EQ(share.best_size(), 3U);
  EXPECT_EQ(share.bar(), 2);  // 0, 1, 2
  share.Remove({1, 3});
  EXPECT_EQ(share.size(), 9U);
  EXPECT_EQ(share.bar(), 3);  // 0, 2, 3
  share.Remove({9, 7});
  EXPECT_EQ(share.bar(), 2);  // two of eight
  EXPECT_FALSE(share.IsAmongBest({3, 9}));
}

}  // namespace
}  // namespace hone::algorithms
