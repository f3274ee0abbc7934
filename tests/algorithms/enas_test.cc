#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/model/experiment_spec.h"
#include "tests/algorithms/architecture_score.h"

namespace hone::algorithms {
namespace {

using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Algorithm& Enas() {
  return *Find("enas");
}

Problem SixLayers(std::uint64_t seed, std::vector<Setting> settings = {}) {
  return ProblemOver(Enas(), Architectures(6, {Int("1", "6")}), seed, std::move(settings));
}

/// A small problem that runs quickly.
Problem Quick(std::uint64_t seed = 7) {
  return SixLayers(seed, {{"controller_hidden_size", "8"}, {"controller_train_steps", "2"}});
}

std::vector<ObservedTrial> Complete(const Problem& problem, const std::vector<Point>& points) {
  std::vector<ObservedTrial> trials = Running(points);
  for (ObservedTrial& trial : trials) {
    trial.outcome = Outcome::kComplete;
    trial.objectives = {-ScoreOf(*problem.layout, trial.point, problem.seed)};
  }
  return trials;
}

std::vector<Point> RandomPoints(const Problem& problem, std::size_t count) {
  return RunTrials(*MakeAlgorithm("random", problem), count, 1);
}

TEST(Enas, ProposesBetterArchitecturesTheMoreItHasSeen) {
  const std::vector<double> random = MeanScores("random", SixLayers(1), 200, 1);
  const std::vector<double> enas = MeanScores("enas", SixLayers(1), 200, 1);

  EXPECT_THAT(enas.back(), Gt(enas.front() + 0.1));
  EXPECT_THAT(enas.back(), Gt(random.back() + 0.12));
}

TEST(Enas, LearnsFromTrialsThatRunFourAtATime) {
  const std::vector<double> random = MeanScores("random", SixLayers(2), 200, 1);
  const std::vector<double> enas = MeanScores("enas", SixLayers(2), 200, 4);

  EXPECT_THAT(enas.back(), Gt(random.back() + 0.12));
}

TEST(Enas, AnswersTheSameAfterARestart) {
  const Problem problem = Quick();
  const auto whole = MakeAlgorithm("enas", problem);
  std::vector<ObservedTrial> history;
  for (std::uint64_t ordinal = 1; ordinal <= 40; ++ordinal) {
    const auto proposals = whole->Suggest(ordinal, 1);
    ObservedTrial trial = Complete(problem, PointsOf(proposals)).front();
    trial.ordinal = ordinal;
    whole->Observe({&trial, 1});
    history.push_back(trial);

    const auto restarted = MakeAlgorithm("enas", problem);
    restarted->Observe(history);
    EXPECT_EQ(PointsOf(restarted->Suggest(ordinal + 1, 3)),
              PointsOf(whole->Suggest(ordinal + 1, 3)));
  }
}

TEST(Enas, DoesNotCareWhenATrialHasEnded) {
  const Problem problem = Quick();
  const std::vector<ObservedTrial> trials = Complete(problem, RandomPoints(problem, 120));
  const auto asked = MakeAlgorithm("enas", problem);
  const auto fresh = MakeAlgorithm("enas", problem);

  // The second trial ends last; the others end in blocks of ten, backwards within a block.
  for (std::size_t end = 10; end <= 120; end += 10) {
    for (std::size_t i = end; i-- > end - 10;) {
      if (i != 1) {
        asked->Observe({&trials[i], 1});
        static_cast<void>(asked->Suggest(121, 1));
      }
    }
  }
  std::vector<ObservedTrial> without = trials;
  without.erase(without.begin() + 1);
  fresh->Observe(without);
  EXPECT_EQ(PointsOf(asked->Suggest(121, 5)), PointsOf(fresh->Suggest(121, 5)));

  asked->Observe({&trials[1], 1});
  fresh->Observe({&trials[1], 1});
  EXPECT_EQ(PointsOf(asked->Suggest(121, 5)), PointsOf(fresh->Suggest(121, 5)));
}

TEST(Enas, LearnsAlthoughTheFirstTrialHangs) {
  const Problem problem = SixLayers(3);
  std::vector<ObservedTrial> trials = Complete(problem, RandomPoints(problem, 30));
  trials[0].outcome = Outcome::kRunning;
  trials[0].objectives.clear();
  const auto search = MakeAlgorithm("enas", problem);
  const auto before = search->Suggest(31, 50);

  search->Observe(trials);
  const auto after = search->Suggest(31, 50);

  EXPECT_NE(PointsOf(before), PointsOf(after));
  EXPECT_EQ(before.list[0].why.origin, Provenance::Origin::kStartup);
  EXPECT_EQ(after.list[0].why.origin, Provenance::Origin::kModel);
}

FieldErrors FaultsOf(std::int32_t layers, std::vector<Setting> settings) {
  ExperimentSpec spec;
  spec.nas_config = Architectures(layers, {Int("1", "6")});
  spec.algorithm = {"enas", std::move(settings)};
  FieldErrors errors;
  ReadProblem(spec, Enas(), 0, errors);
  return errors;
}

TEST(Enas, TakesKatibsSettingsAndNamesThoseOutOfRange) {
  for (const char* const name : {"controller_temperature",
                                 "controller_tanh_const",
                                 "controller_entropy_weight",
                                 "controller_skip_weight"}) {
    EXPECT_THAT(FaultsOf(2, {{name, "None"}}), IsEmpty()) << name;
    EXPECT_THAT(FaultsOf(2, {{name, "0"}}), SizeIs(1)) << name;
  }
  for (const Setting& wrong : {Setting{"controller_hidden_size", "0"},
                               {"controller_hidden_size", "None"},
                               {"controller_baseline_decay", "1.5"},
                               {"controller_learning_rate", "0"},
                               {"controller_skip_target", "1.01"},
                               {"controller_train_steps", "0.5"},
                               {"controller_log_every_steps", "0"},
                               {"controller_layers", "2"}}) {
    EXPECT_THAT(FaultsOf(2, {wrong}), SizeIs(1)) << wrong.name;
  }
}

TEST(Enas, RefusesToTrainForMinutes) {
  const FieldErrors errors =
      FaultsOf(64, {{"controller_hidden_size", "1024"}, {"controller_train_steps", "1000"}});

  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(errors[0].message, HasSubstr("controller_train_steps"));
  EXPECT_THAT(FaultsOf(64, {}), IsEmpty());
}

TEST(Enas, NeedsANasConfig) {
  ExperimentSpec spec;
  spec.parameters = {Words({"a", "b"})};
  spec.parameters[0].name = "x";
  spec.algorithm = {"enas", {}};
  FieldErrors errors;

  EXPECT_FALSE(ReadProblem(spec, Enas(), 0, errors).has_value());

  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_EQ(errors[0].field, "spec.nasConfig");
  EXPECT_EQ(errors[0].type, FieldError::Type::kRequired);
}

}  // namespace
}  // namespace hone::algorithms
