// The contract of every stopping rule of the catalogue.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include "algorithms/rule_catalogue.h"

namespace hone::algorithms {
namespace {

constexpr std::int64_t kStepsMax = 30;

class RuleContract : public ::testing::TestWithParam<const Rule*> {
 protected:
  static std::unique_ptr<StoppingRule> Make() { return GetParam()->make({}); }
};

INSTANTIATE_TEST_SUITE_P(Catalogue,
                         RuleContract,
                         ::testing::ValuesIn(RuleCatalogue().begin(), RuleCatalogue().end()),
                         [](const auto& tested) {
                           std::string name(tested.param->name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

/// A history of many trials, four at a time, that records their reports.
class Life {
 public:
  explicit Life(std::uint64_t seed) : random_(seed) {}

  struct Told {
    std::vector<Report> reports;
    std::optional<Outcome> outcome;
  };

  /// One event: a trial begins, reports, or ends. Stops a trial if the rule says so.
  void Step(StoppingRule& rule) {
    if (running_.size() < 4) {
      running_.push_back(trials_.size() + 1);
      trials_.emplace_back();
      rule.Begin(running_.back());
      return;
    }
    const std::size_t place = random_() % running_.size();
    const std::uint64_t ordinal = running_[place];
    Told& trial = trials_[ordinal - 1];
    const auto step = static_cast<std::int64_t>(trial.reports.size()) + 1;
    if (step > kStepsMax || random_() % 40 == 0) {
      End(rule, place, random_() % 5 == 0 ? Outcome::kFailed : Outcome::kComplete);
      return;
    }
    trial.reports.push_back({ordinal, step, Value(ordinal)});
    if (const auto verdict = rule.Observe(trial.reports.back())) {
      verdicts_.push_back(std::to_string(ordinal) + " at " + std::to_string(verdict->step) + ": " +
                          verdict->reason);
      End(rule, place, Outcome::kStoppedEarly);
    }
  }

  /// A fresh rule that receives the history, one trial after another.
  [[nodiscard]] std::unique_ptr<StoppingRule> Rebuild(const Rule& catalogued) const {
    auto rule = catalogued.make({});
    for (std::uint64_t ordinal = 1; ordinal <= trials_.size(); ++ordinal) {
      const Told& trial = trials_[ordinal - 1];
      rule->Begin(ordinal);
      for (const Report& report : trial.reports) {
        static_cast<void>(rule->Observe(report));
      }
      if (trial.outcome) {
        rule->End(ordinal, *trial.outcome);
      }
    }
    return rule;
  }
  [[nodiscard]] const std::vector<std::string>& verdicts() const { return verdicts_; }
  [[nodiscard]] std::size_t trials() const { return trials_.size(); }

 private:
  /// Some trials are better than others.
  double Value(std::uint64_t ordinal) {
    const std::uint64_t drawn = random_() % 100;
    return drawn == 0 ? NAN : static_cast<double>(ordinal * 7 % 11 + drawn % 10);
  }
  void End(StoppingRule& rule, std::size_t place, Outcome outcome) {
    rule.End(running_[place], outcome);
    trials_[running_[place] - 1].outcome = outcome;
    running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(place));
  }

  std::mt19937_64 random_;
  std::vector<Told> trials_;
  std::vector<std::uint64_t> running_;
  std::vector<std::string> verdicts_;
};

TEST_P(RuleContract, JudgesAfterARestartAsItWouldHaveWithoutOne) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Life straight(seed);
    Life interrupted(seed);
    const auto rule = Make();
    auto rebuilt = Make();

    for (int i = 0; i < 2000; ++i) {
      straight.Step(*rule);
      interrupted.Step(*rebuilt);
      if (i % 97 == 0) {
        rebuilt = interrupted.Rebuild(*GetParam());
      }
    }

    ASSERT_EQ(interrupted.verdicts(), straight.verdicts()) << "seed " << seed;
    EXPECT_GT(straight.verdicts().size(), 10U);
    EXPECT_LT(straight.verdicts().size(), straight.trials());
  }
}

// Passes every call on twice, the second time out of order.
class Stutter final : public StoppingRule {
 public:
  explicit Stutter(std::unique_ptr<StoppingRule> rule) : rule_(std::move(rule)) {}
  void Begin(std::uint64_t ordinal) override { rule_->Begin(ordinal); }
  std::optional<Verdict> Observe(const Report& report) override {
    std::optional<Verdict> verdict = rule_->Observe(report);
    EXPECT_FALSE(rule_->Observe(report).has_value());
    EXPECT_FALSE(rule_->Observe({report.ordinal, report.step - 1, -1e9}).has_value());
    return verdict;
  }
  void End(std::uint64_t ordinal, Outcome outcome) override {
    rule_->End(ordinal, outcome);
    EXPECT_FALSE(rule_->Observe({ordinal, 1000, 1e9}).has_value());
    rule_->End(ordinal, Outcome::kComplete);
  }

 private:
  std::unique_ptr<StoppingRule> rule_;
};

TEST_P(RuleContract, IgnoresRepeatedAndLateReports) {
  Life clean(5);
  Life stuttering(5);
  const auto rule = Make();
  Stutter stutter(Make());

  for (int i = 0; i < 4000; ++i) {
    clean.Step(*rule);
    stuttering.Step(stutter);
  }

  EXPECT_EQ(stuttering.verdicts(), clean.verdicts());
}

TEST_P(RuleContract, IgnoresATrialThatHasNotBegun) {
  const auto rule = Make();

  for (std::int64_t step = 1; step <= kStepsMax; ++step) {
    EXPECT_FALSE(rule->Observe({1, step, 1.0}).has_value());
  }
  rule->End(1, Outcome::kComplete);
}

TEST_P(RuleContract, StopsATrialThatReportsNoNumbersAmongOthersThatDo) {
  const auto rule = Make();
  for (std::uint64_t ordinal = 1; ordinal <= 9; ++ordinal) {
    rule->Begin(ordinal);
    for (std::int64_t step = 1; step <= kStepsMax; ++step) {
      static_cast<void>(rule->Observe({ordinal, step, 1.0 / static_cast<double>(step)}));
    }
    rule->End(ordinal, Outcome::kComplete);
  }

  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double value : {std::nan(""), -kInfinity}) {
    rule->Begin(10);
    std::int64_t step = 1;
    while (step <= kStepsMax && !rule->Observe({10, step, value})) {
      ++step;
    }
    rule->End(10, Outcome::kStoppedEarly);
    EXPECT_LE(step, kStepsMax);
  }
}

TEST_P(RuleContract, TakesTheLargestAndSmallestNumbers) {
  const auto rule = Make();
  constexpr auto kFirst = std::numeric_limits<std::int64_t>::min();
  constexpr auto kLast = std::numeric_limits<std::int64_t>::max();

  for (std::uint64_t ordinal = 1; ordinal <= 9; ++ordinal) {
    rule->Begin(ordinal);
    for (const std::int64_t step : {kFirst, kFirst + 1, std::int64_t{-1}, kLast - 1, kLast}) {
      const auto verdict = rule->Observe({ordinal, step, ordinal % 2 == 0 ? 1e308 : -1e308});
      EXPECT_FALSE(verdict && std::isnan(verdict->value));
      EXPECT_FALSE(verdict && step == kFirst);
    }
    rule->End(ordinal, Outcome::kComplete);
  }
}

TEST_P(RuleContract, NeedsNoMoreMemoryForMoreTrialsThanItRemembers) {
  const std::uint64_t remembered = GetParam()->trials_remembered + 1000;
  const auto rule = Make();
  std::uint64_t ordinal = 0;
  const auto memory_after = [&](std::uint64_t last) {
    while (ordinal < last) {
      rule->Begin(++ordinal);
      static_cast<void>(rule->Observe({ordinal, 1, static_cast<double>(ordinal * 7919 % 1000)}));
      static_cast<void>(rule->Observe({ordinal, 9, static_cast<double>(ordinal * 7919 % 1000)}));
      rule->End(ordinal, ordinal % 2 == 0 ? Outcome::kComplete : Outcome::kStoppedEarly);
    }
    return ::mallinfo2().uordblks;
  };
  const std::size_t before = ::mallinfo2().uordblks;

  const std::size_t once = memory_after(remembered) - before;
  const std::size_t thrice = memory_after(3 * remembered) - before;

  EXPECT_LE(thrice, once + once / 10 + 65536);
}

TEST(RuleCatalogue, IsInAlphabeticalOrderAndComplete) {
  const auto rules = RuleCatalogue();
  EXPECT_TRUE(std::is_sorted(
      rules.begin(), rules.end(), [](const auto* a, const auto* b) { return a->name < b->name; }));
  for (const Rule* rule : rules) {
    EXPECT_EQ(FindRule(rule->name), rule);
    EXPECT_NE(rule->summary, "");
    EXPECT_NE(rule->make({}), nullptr);
  }
  EXPECT_EQ(FindRule("median"), nullptr);
}

TEST(RuleCatalogue, ChecksSettingsAsAlgorithmsDo) {
  FieldErrors errors;
  CheckSettings(*FindRule("medianstop"),
                std::vector<Setting>{{"start_stp", "4"}, {"min_trials_required", "0"}},
                "spec.earlyStopping.algorithmSettings",
                errors);

  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].message, "unknown setting for rule medianstop; did you mean \"start_step\"?");
  EXPECT_EQ(errors[1].field, "spec.earlyStopping.algorithmSettings[1].value");
}

}  // namespace
}  // namespace hone::algorithms
