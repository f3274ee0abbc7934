// The contract of every algorithm of the catalogue.
#include <algorithm>
#include <cmath>
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

class SearchContract : public ::testing::TestWithParam<const Algorithm*> {
 protected:
  static std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
    return MakeAlgorithm(GetParam()->name, problem);
  }

  // A categorical parameter, or as many numbers for an algorithm that refuses categories.
  static ParameterSpec Choices(const std::vector<std::string>& words) {
    FieldErrors errors;
    GetParam()->check(ProblemFor(*GetParam(), {Words({"a", "b"}), Int("1", "2")}), errors);
    return errors.empty() ? Words(words) : Int("1", std::to_string(words.size()));
  }

  // An algorithm that needs architectures gets architectures of one layer: as many as the
  // parameters have points. DARTS has runs instead, without a limit.
  static bool NeedsArchitectures() { return GetParam()->needs_architectures; }
  static bool HasRuns() { return NeedsArchitectures() && !Small().layout; }

  // One parameter of every kind, each with a finite number of values so that a grid takes part.
  static Problem EveryKind() {
    if (NeedsArchitectures()) {
      return ProblemOver(
          *GetParam(),
          Architectures(5,
                        {Words({"conv", "pool", "1"}), Int("1", "4"), Double("0", "1", "0.25")}));
    }
    return ProblemFor(*GetParam(),
                      {Int("-3", "12"),
                       Int("1", "1000", "", Distribution::kLogUniform),
                       Int("10", "100", "7", Distribution::kNormal),
                       Double("0", "1", "0.1"),
                       Double("0.001", "0.1", "0.0005", Distribution::kLogUniform),
                       Double("1", "9", "0.25", Distribution::kLogNormal),
                       Double("5", "5", "1"),
                       Choices({"adam", "sgd", "1", "1.0"}),
                       Numbers({"16", "32", "8"})});
  }

  // 4 * 3 * 2 points, repeated for each amount of a resource that an algorithm starts with.
  static Problem Small(std::uint64_t seed = 7) {
    if (NeedsArchitectures()) {
      return ProblemOver(
          *GetParam(),
          Architectures(1, {Words({"a", "b", "c"}), Int("1", "4"), Double("0", "0.1", "0.1")}),
          seed);
    }
    return ProblemFor(
        *GetParam(), {Int("1", "4"), Choices({"a", "b", "c"}), Double("0", "0.1", "0.1")}, seed);
  }
  static std::size_t SizeOfSmall() {
    const bool starts_anywhere = GetParam()->name == "hyperband" || GetParam()->name == "bohb";
    return starts_anywhere ? 72 : 24;
  }

  // 2 * (1 + 2 * 2 + 1 * 2 * 3 + 1) points: under "a" two ints; under "b" a categorical parameter,
  // and a number under one of its values.
  static Problem SmallTree(std::uint64_t seed = 7) {
    const std::vector<ParameterSpec> specs = {
        Words({"none", "a", "b", "off"}),
        Under("x0", {"a"}, Int("1", "2")),
        Under("x0", {"a"}, Int("5", "6")),
        Under("x0", {"b"}, Words({"u", "v"})),
        Under("x3", {"v", "u"}, Numbers({"0.5", "4", "2"})),
        Int("0", "1"),
    };
    return NeedsArchitectures() ? ProblemOver(*GetParam(), Architectures(1, specs), seed)
                                : ProblemFor(*GetParam(), specs, seed);
  }
  static std::size_t SizeOfSmallTree() { return SizeOfSmall(); }

  // True for an algorithm whose check refuses the problem.
  static bool Refuses(const Problem& problem) {
    FieldErrors errors;
    GetParam()->check(problem, errors);
    return !errors.empty();
  }

  static Problem InfiniteTree() {
    return ProblemFor(*GetParam(),
                      {Int("1", "3"),
                       Under("x0", {"2", "3"}, Double("0.001", "1", "", Distribution::kLogUniform)),
                       Under("x0", {"3"}, Words({"u", "v", "w"})),
                       Under("x2", {"w"}, Double("-1", "1")),
                       Under("x2", {"u", "v"}, Numbers({"16", "8"})),
                       Double("0", "1")});
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
  if (NeedsArchitectures()) {
    return;
  }
  const Problem problem = ProblemFor(*GetParam(),
                                     {Double("1e-5", "1e-1", "", Distribution::kLogUniform),
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
  if (HasRuns()) {
    return;
  }
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto points = RunTrials(*Make(Small(seed)), 1000, 1 + seed % 9);

    ASSERT_THAT(points, SizeIs(SizeOfSmall()));
    ASSERT_THAT(std::set<Point>(points.begin(), points.end()), SizeIs(SizeOfSmall()));
  }
}

TEST_P(SearchContract, SaysThatTheSpaceHasEnded) {
  if (HasRuns()) {
    return;
  }
  const auto algorithm = Make(Small());
  const std::size_t size = SizeOfSmall();
  const Proposals all = algorithm->Suggest(1, size);
  const Proposals more = algorithm->Suggest(1, size + 1);

  algorithm->Observe(Running(PointsOf(all)));
  const Proposals none = algorithm->Suggest(size + 1, 3);
  std::vector<ObservedTrial> failed = Running(PointsOf(all));
  for (ObservedTrial& trial : failed) {
    trial.outcome = Outcome::kFailed;
  }
  algorithm->Observe(failed);
  const Proposals end = algorithm->Suggest(size + 1, 3);

  // Algorithms whose trials advance wait for running trials; nothing advances from a failed one.
  const bool waits = GetParam()->has_parents;
  EXPECT_FALSE(all.space_ended);
  EXPECT_THAT(PointsOf(more), SizeIs(size));
  EXPECT_EQ(more.space_ended, !waits);
  EXPECT_THAT(PointsOf(none), IsEmpty());
  EXPECT_EQ(none.space_ended, !waits);
  EXPECT_THAT(PointsOf(end), IsEmpty());
  EXPECT_TRUE(end.space_ended);
}

TEST_P(SearchContract, NeverProposesThePointOfARunningOrFailedTrial) {
  if (HasRuns()) {
    return;
  }
  const Problem problem = Small();
  const auto algorithm = Make(problem);
  std::vector<Point> taken;
  const std::vector<Point> all = RunTrials(*algorithm, 1000, 1);
  for (std::size_t i = 0; i < all.size(); i += 2) {
    taken.push_back(all[i]);
  }

  const auto other = Make(problem);
  other->Observe(WithEveryOutcome(taken));
  const auto proposals = other->Suggest(taken.size() + 1, 100);

  std::set<Point> fresh;
  for (const Proposal& proposal : proposals.list) {
    if (proposal.parent == 0) {
      EXPECT_THAT(taken, Not(Contains(proposal.point)));
      EXPECT_TRUE(fresh.insert(proposal.point).second);
    }
  }
  EXPECT_THAT(fresh, SizeIs(SizeOfSmall() - taken.size()));
}

TEST_P(SearchContract, DoesNotCareAboutTheOrderOfHistory) {
  for (const Problem& problem : {Small(), EveryKind(), SmallTree()}) {
    if (Refuses(problem)) {
      continue;
    }
    auto trials = WithEveryOutcome(RunTrials(*Make(problem), 20, 1));
    const auto forward = Make(problem);
    const auto backward = Make(problem);

    forward->Observe(trials);
    std::reverse(trials.begin(), trials.end());
    for (const ObservedTrial& trial : trials) {
      backward->Observe({&trial, 1});
    }

    EXPECT_EQ(AssignmentsOf(problem.space, PointsOf(forward->Suggest(21, 4))),
              AssignmentsOf(problem.space, PointsOf(backward->Suggest(21, 4))));
  }
}

TEST_P(SearchContract, ContinuesAfterARestartAnywhere) {
  const auto whole = RunTrials(*Make(Small()), 24, 1);

  ASSERT_THAT(whole, SizeIs(24));
  for (std::size_t done = 0; done < 24; ++done) {
    const auto restarted = Make(Small());
    const std::vector<Point> history(whole.begin(), whole.begin() + static_cast<long>(done));
    restarted->Observe(Running(history));
    const auto next = restarted->Suggest(done + 1, 1);
    ASSERT_THAT(PointsOf(next), ElementsAre(whole[done])) << "after " << done;
  }
}

TEST_P(SearchContract, GivesEveryPointOfAConditionalSpaceOnce) {
  if (HasRuns()) {
    return;
  }
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Problem problem = SmallTree(seed);
    if (Refuses(problem)) {
      return;
    }
    const auto points = RunTrials(*Make(problem), 1000, 1 + seed % 9);

    std::set<std::uint64_t> indices;
    for (const Point& point : points) {
      ASSERT_TRUE(problem.space.Contains(point));
      indices.insert(problem.space.IndexOf(point));
    }
    ASSERT_THAT(points, SizeIs(SizeOfSmallTree()));
    ASSERT_THAT(indices, SizeIs(SizeOfSmallTree()));
  }
}

TEST_P(SearchContract, GivesActiveParametersOnlyHoweverItLearns) {
  if (NeedsArchitectures()) {
    return;
  }
  for (const Problem& problem : {SmallTree(), InfiniteTree()}) {
    if (Refuses(problem)) {
      continue;
    }
    std::size_t trials = 0;
    const double best = Minimise(GetParam()->name, problem, 200, 7, [&](const Point& point) {
      EXPECT_TRUE(problem.space.Contains(point));
      EXPECT_EQ(std::isnan(point[1]), !problem.space.IsActive(point, 1));
      ++trials;
      return std::isnan(point[1]) ? 2 + point[5] : point[1] + point[5];
    });

    if (!GetParam()->has_parents) {
      EXPECT_EQ(trials, problem.space.Cardinality().value_or(203));
    }
    EXPECT_LT(best, 2);
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
