// Algorithms and rules run with the defaults that the catalogues show: an experiment with every
// default written out takes the same course as one without settings. A second test shows that each
// setting changes the runs compared here; otherwise the comparison would prove nothing about it.
#include <algorithm>
#include <cmath>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "algorithms/rule_catalogue.h"
#include "tests/algorithms/laboratory.h"

namespace hone::algorithms {
namespace {

using ::testing::IsEmpty;

std::vector<Setting> WrittenDefaults(std::span<const SettingSchema> schemas) {
  std::vector<Setting> settings;
  for (const SettingSchema& schema : schemas) {
    if (!schema.default_text.empty()) {
      settings.push_back({std::string(schema.name), std::string(schema.default_text)});
    }
  }
  return settings;
}

/// A legal value with which a short run differs from the default. It follows from the schema,
/// except where that value would leave too few rungs or its effect would be too small.
std::string OtherThanDefault(const SettingSchema& schema) {
  constexpr std::pair<std::string_view, const char*> kChosen[] = {
      {"eta", "2"},
      {"sigma", "0.3"},
      {"min_delta", "0.5"},
      {"start_step", "9"},
      {"controller_entropy_weight", "1"},
      {"controller_baseline_decay", "0.5"},
      {"controller_learning_rate", "0.1"},
  };
  for (const auto& [name, value] : kChosen) {
    if (schema.name == name) {
      return value;
    }
  }
  if (schema.kind == SettingSchema::Kind::kChoice) {
    return std::string(schema.choices.substr(schema.choices.rfind('|') + 1));
  }
  const double value = ParseNumber(schema.default_text).value_or(0);
  if (schema.kind == SettingSchema::Kind::kInt) {
    return FormatNumber(value + 1);
  }
  return FormatNumber(2 * value < schema.max ? 2 * value : (value + schema.max) / 2);
}

/// True for settings of Katib that Hone accepts and ignores.
bool IsForKatibAlone(const SettingSchema& schema) {
  return schema.summary.starts_with("accepted for");
}

template <typename Entry>
std::string NameOf(const ::testing::TestParamInfo<const Entry*>& tested) {
  std::string name(tested.param->name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

class SearchDefaults : public ::testing::TestWithParam<const Algorithm*> {
 protected:
  /// The points of a run, each with its trial's parent as the last number.
  static std::vector<Point> RunWith(const std::vector<Setting>& settings) {
    const Problem problem = ReadExperiment(settings);
    Laboratory laboratory(GetParam()->name, problem, [](const ObservedTrial& trial) {
      return trial.ordinal % 11 == 5 ? std::nullopt : std::optional(DistanceOf(trial.point));
    });
    laboratory.Run(TrialsNeeded(), 4);
    std::vector<Point> points;
    for (const ObservedTrial& trial : laboratory.trials()) {
      points.push_back(trial.point);
      points.back().push_back(static_cast<double>(trial.parent));
    }
    return points;
  }

  /// True for darts: it passes its settings on to its trials, and none of them changes a
  /// suggestion.
  static bool TellsTrialsItsSettings() { return GetParam()->hands_settings_on; }

 private:
  static Problem ReadExperiment(const std::vector<Setting>& settings) {
    ExperimentSpec spec;
    spec.algorithm = AlgorithmSpec{std::string(GetParam()->name), settings};
    spec.parallel_trial_count = 4;
    if (GetParam()->needs_architectures) {
      spec.nas_config = Architectures(5, {Words({"conv", "pool"}), Int("1", "4")});
    } else {
      const std::string step = GetParam()->name == "grid" ? "0.125" : "";
      spec.parameters = {Double("-1", "1", step), Double("-1", "1", step)};
    }
    if (HasSetting(*GetParam(), "resource_name")) {
      spec.parameters.push_back(Int("1", "27"));
      spec.algorithm->settings.push_back({"resource_name", "x2"});
    }
    for (std::size_t i = 0; i < spec.parameters.size(); ++i) {
      spec.parameters[i].name = "x" + std::to_string(i);
    }
    FieldErrors errors;
    const auto problem = ReadProblem(spec, *GetParam(), 7, errors);
    EXPECT_THAT(errors, IsEmpty()) << Join(errors);
    return problem.value();
  }

  /// Enough trials for each setting to have an effect: CMA-ES restarts only when it has converged.
  /// Few for architectures, because learning from one trial takes milliseconds.
  static std::size_t TrialsNeeded() {
    return GetParam()->name == "cmaes" ? 600 : GetParam()->needs_architectures ? 30 : 80;
  }

  static double DistanceOf(const Point& point) {
    double sum = 0;
    for (std::size_t i = 0; i < point.size(); ++i) {
      sum += std::pow(point[i] - 0.1 * static_cast<double>(i + 1), 2);
    }
    return sum;
  }
};

INSTANTIATE_TEST_SUITE_P(Catalogue,
                         SearchDefaults,
                         ::testing::ValuesIn(Catalogue().begin(), Catalogue().end()),
                         NameOf<Algorithm>);

TEST_P(SearchDefaults, GiveTheSameRunWhetherWrittenOrNot) {
  const std::vector<Setting> written = WrittenDefaults(GetParam()->settings);

  EXPECT_EQ(RunWith(written), RunWith({}));
}

TEST_P(SearchDefaults, DifferFromARunWithAnyOtherSetting) {
  if (TellsTrialsItsSettings()) {
    return;
  }
  const std::vector<Point> by_default = RunWith({});

  for (const SettingSchema& schema : GetParam()->settings) {
    if (!schema.default_text.empty() && !IsForKatibAlone(schema)) {
      EXPECT_NE(RunWith({{std::string(schema.name), OtherThanDefault(schema)}}), by_default)
          << schema.name;
    }
  }
}

class RuleDefaults : public ::testing::TestWithParam<const Rule*> {
 protected:
  /// The stopped trials, each with the step at which it was stopped. The values of each trial
  /// improve up to a step of its own and then get worse.
  static std::vector<std::pair<std::uint64_t, std::int64_t>> StoppedWith(
      const std::vector<Setting>& settings) {
    FieldErrors errors;
    CheckSettings(*GetParam(), settings, "settings", errors);
    EXPECT_THAT(errors, IsEmpty()) << Join(errors);
    const auto rule = GetParam()->make(settings);
    std::vector<std::pair<std::uint64_t, std::int64_t>> stopped;
    for (std::uint64_t ordinal = 1; ordinal <= 60; ++ordinal) {
      rule->Begin(ordinal);
      bool is_stopped = false;
      for (std::int64_t step = 1; step <= 30 && !is_stopped; ++step) {
        const auto best_step = static_cast<std::int64_t>(ordinal * 7 % 25);
        const auto distance = static_cast<double>(std::abs(step - best_step));
        const double value = 0.1 * distance + static_cast<double>(ordinal % 5);
        is_stopped = rule->Observe({ordinal, step, value}).has_value();
        if (is_stopped) {
          stopped.emplace_back(ordinal, step);
        }
      }
      rule->End(ordinal, is_stopped ? Outcome::kStoppedEarly : Outcome::kComplete);
    }
    return stopped;
  }
};

INSTANTIATE_TEST_SUITE_P(Catalogue,
                         RuleDefaults,
                         ::testing::ValuesIn(RuleCatalogue().begin(), RuleCatalogue().end()),
                         NameOf<Rule>);

TEST_P(RuleDefaults, GiveTheSameStopsWhetherWrittenOrNot) {
  const std::vector<Setting> written = WrittenDefaults(GetParam()->settings);

  EXPECT_EQ(StoppedWith(written), StoppedWith({}));
}

TEST_P(RuleDefaults, DifferFromARunWithAnyOtherSetting) {
  const auto by_default = StoppedWith({});

  for (const SettingSchema& schema : GetParam()->settings) {
    if (!schema.default_text.empty()) {
      EXPECT_NE(StoppedWith({{std::string(schema.name), OtherThanDefault(schema)}}), by_default)
          << schema.name;
    }
  }
}

}  // namespace
}  // namespace hone::algorithms
