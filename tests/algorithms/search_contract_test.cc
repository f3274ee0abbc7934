// What every algorithm of the catalogue keeps, whatever it searches.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/algorithms/problems.h"

namespace hone::algorithms {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SearchContract : public ::testing::TestWithParam<const Algorithm*> {
 protected:
  static std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
    return MakeAlgorithm(GetParam()->name, problem);
  }

  // Words, or as many numbers for an algorithm that refuses words.
  static ParameterSpec Choices(const std::vector<std::string>& words) {
    FieldErrors errors;
    GetParam()->check(ProblemOver({Words({"a", "b"}), Int("1", "2")}), errors);
    return errors.empty() ? Words(words) : Int("1", std::to_string(words.size()));
  }

  // Every kind of parameter, all of them with a finite number of values so that a grid takes part.
  static Problem EveryKind() {
    return ProblemOver({Int("-3", "12"),
                        Int("1", "1000", "", Distribution::kLogUniform),
                        Int("10", "100", "7", Distribution::kNormal),
                        Double("0", "1", "0.1"),
                        Double("0.001", "0.1", "0.0005", Distribution::kLogUniform),
                        Double("1", "9", "0.25", Distribution::kLogNormal),
                        Double("5", "5", "1"),
                        Choices({"adam", "sgd", "1", "1.0"}),
                        Numbers({"16", "32", "8"})});
  }

  // 4 * 3 * 2 points.
  static Problem Small(std::uint64_t seed = 7) {
    return ProblemOver({Int("1", "4"), Choices({"a", "b", "c"}), Double("0", "0.1", "0.1")}, seed);
  }
};

INSTANTIATE_TEST_SUITE_P(Catalogue,
                         SearchContract,
                         ::testing::ValuesIn(Catalogue().begin(), Catalogue().end()),
                         [](const auto& tested) {
                           std::string name(tested.param->name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

std::vector<ObservedTrial> WithEveryOutcome(const std::vector<Point>& points) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::vector<double> values = {0.5, 0.5, 1e300, 1e-300, -kInfinity, kInfinity, NAN, 0};
  std::vector<ObservedTrial> trials = Running(points);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    trials[i].outcome = static_cast<Outcome>(i % 4);
    if (trials[i].outcome == Outcome::kComplete || trials[i].outcome == Outcome::kStoppedEarly) {
      trials[i].objectives = {values[i % values.size()]};
    }
  }
  return trials;
}

TEST_P(SearchContract, StaysInsideTheSpaceForEveryKindOfParameter) {
  const Problem problem = EveryKind();
  const auto algorithm = Make(problem);

  const auto points = RunTrials(*algorithm, 300, 7);

  ASSERT_THAT(points, SizeIs(300));
  for (const Point& point : points) {
    ASSERT_TRUE(problem.space.Contains(point));
    ASSERT_EQ(problem.space.Parse(problem.space.Format(point)), point);
  }
}

TEST_P(SearchContract, StaysInsideAContinuousSpaceOrNamesTheParametersInTheWay) {
  const Problem problem = ProblemOver({Double("1e-5", "1e-1", "", Distribution::kLogUniform),
                                       Double("-1", "1"),
                                       Double("0", "1", "", Distribution::kNormal),
                                       Double("1", "2", "", Distribution::kLogNormal)});
  FieldErrors errors;
  GetParam()->check(problem, errors);
  if (!errors.empty()) {
    for (std::size_t i = 0; i < errors.size(); ++i) {
      EXPECT_EQ(errors[i].field, "spec.parameters[" + std::to_string(i) + "].feasibleSpace.step");
    }
    EXPECT_THAT(errors, SizeIs(problem.space.size()));
    return;
  }

  const auto points = RunTrials(*Make(problem), 300, 7);

  for (const Point& point : points) {
    ASSERT_TRUE(problem.space.Contains(point));
  }
  EXPECT_THAT(std::set<Point>(points.begin(), points.end()), SizeIs(300));
}

TEST_P(SearchContract, GivesTheSameAnswerForTheSameSeed) {
  EXPECT_EQ(RunTrials(*Make(EveryKind()), 50, 5), RunTrials(*Make(EveryKind()), 50, 5));
}

TEST_P(SearchContract, GivesTheCountThatWasAskedFor) {
  const auto algorithm = Make(EveryKind());

  for (const std::size_t count : {0u, 1u, 8u, 100u}) {
    const Proposals proposals = algorithm->Suggest(1, count);
    EXPECT_THAT(PointsOf(proposals), SizeIs(count));
    EXPECT_FALSE(proposals.space_ended);
  }
}

TEST_P(SearchContract, AnswersTheSameWhenAskedAgainWithoutNews) {
  const auto algorithm = Make(Small());
  algorithm->Observe(Running(RunTrials(*Make(Small()), 5, 1)));

  const Proposals first = algorithm->Suggest(6, 4);
  const Proposals again = algorithm->Suggest(6, 4);

  EXPECT_EQ(PointsOf(first), PointsOf(again));
}

TEST_P(SearchContract, GoesThroughASmallSpaceWithoutRepeatingAPoint) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto points = RunTrials(*Make(Small(seed)), 1000, 1 + seed % 9);

    ASSERT_THAT(points, SizeIs(24));
    ASSERT_THAT(std::set<Point>(points.begin(), points.end()), SizeIs(24));
  }
}

TEST_P(SearchContract, SaysThatTheSpaceHasEnded) {
  const auto algorithm = Make(Small());
  const Proposals all = algorithm->Suggest(1, 24);
  const Proposals more = algorithm->Suggest(1, 25);

  algorithm->Observe(Running(PointsOf(all)));
  const Proposals none = algorithm->Suggest(25, 3);

  EXPECT_FALSE(all.space_ended);
  EXPECT_THAT(PointsOf(more), SizeIs(24));
  EXPECT_TRUE(more.space_ended);
  EXPECT_THAT(PointsOf(none), IsEmpty());
  EXPECT_TRUE(none.space_ended);
}

TEST_P(SearchContract, NeverProposesWhatARunningOrFailedTrialHas) {
  const Problem problem = Small();
  const auto algorithm = Make(problem);
  std::vector<Point> taken;
  for (std::uint64_t i = 0; i < 24; i += 2) {
    taken.push_back(problem.space.PointAt(i));
  }

  algorithm->Observe(WithEveryOutcome(taken));
  const auto proposals = algorithm->Suggest(13, 100);

  EXPECT_THAT(PointsOf(proposals), SizeIs(12));
  for (const Point& point : PointsOf(proposals)) {
    EXPECT_EQ(problem.space.IndexOf(point) % 2, 1u);
  }
}

TEST_P(SearchContract, DoesNotCareAboutTheOrderOfHistory) {
  for (const Problem& problem : {Small(), EveryKind()}) {
    auto trials = WithEveryOutcome(RunTrials(*Make(problem), 20, 1));
    const auto forward = Make(problem);
    const auto backward = Make(problem);

    forward->Observe(trials);
    std::reverse(trials.begin(), trials.end());
    for (const ObservedTrial& trial : trials) {
      backward->Observe({&trial, 1});
    }

    EXPECT_EQ(PointsOf(forward->Suggest(21, 4)), PointsOf(backward->Suggest(21, 4)));
  }
}

TEST_P(SearchContract, ContinuesAfterARestartAnywhere) {
  const auto whole = RunTrials(*Make(Small()), 24, 1);

  for (std::size_t done = 0; done < 24; ++done) {
    const auto restarted = Make(Small());
    const std::vector<Point> history(whole.begin(), whole.begin() + static_cast<long>(done));
    restarted->Observe(Running(history));
    const auto next = restarted->Suggest(done + 1, 1);
    ASSERT_THAT(PointsOf(next), ElementsAre(whole[done])) << "after " << done;
  }
}

TEST_P(SearchContract, SurvivesAHistoryOfFailuresAndOddValues) {
  const Problem problem = EveryKind();
  const auto algorithm = Make(problem);
  auto failed = Running(RunTrials(*Make(problem), 30, 1));
  for (ObservedTrial& trial : failed) {
    trial.outcome = Outcome::kFailed;
  }

  algorithm->Observe({});
  algorithm->Observe(failed);
  algorithm->Observe(WithEveryOutcome(PointsOf(algorithm->Suggest(31, 30))));

  EXPECT_THAT(PointsOf(algorithm->Suggest(61, 10)), SizeIs(10));
}

TEST_P(SearchContract, DescribesItself) {
  const Algorithm& algorithm = *GetParam();

  EXPECT_EQ(Find(algorithm.name), &algorithm);
  EXPECT_FALSE(algorithm.summary.empty());
  for (const SettingSchema& setting : algorithm.settings) {
    EXPECT_FALSE(setting.range.empty()) << setting.name;
    EXPECT_FALSE(setting.summary.empty()) << setting.name;
    FieldErrors errors;
    if (!setting.default_text.empty()) {
      const Setting by_default{std::string(setting.name), std::string(setting.default_text)};
      CheckSettings(algorithm, {&by_default, 1}, "settings", errors);
    }
    EXPECT_THAT(errors, IsEmpty());
  }
}

}  // namespace
}  // namespace hone::algorithms
