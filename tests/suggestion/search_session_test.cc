#include "suggestion/engine/search_session.h"

#include <cmath>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "algorithms/catalogue.h"
#include "proto/model/observation.h"
#include "tests/suggestion/experiments.h"

namespace hone::suggestion {
namespace {

using algorithms::Algorithm;
using algorithms::ObservedTrial;
using algorithms::Outcome;
using algorithms::Problem;
using algorithms::Proposal;
using algorithms::Proposals;
using algorithms::Provenance;
using algorithms::SearchAlgorithm;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

// The trials that the recording algorithm has observed, and the answer that it will give.
std::vector<ObservedTrial> observed;
Problem problem;
Proposals answer;

class Recorder final : public SearchAlgorithm {
 public:
  void Observe(std::span<const ObservedTrial> trials) override {
    observed.insert(observed.end(), trials.begin(), trials.end());
  }
  Proposals Suggest(std::uint64_t /*first_ordinal*/, std::size_t /*count*/) override {
    return answer;
  }
};

const Algorithm kRecorder = {
    .name = "recorder",
    .is_adaptive = true,
    .make = [](const Problem& made_for) -> std::unique_ptr<SearchAlgorithm> {
      problem = made_for;
      return std::make_unique<Recorder>();
    },
};

class SearchSessionTest : public ::testing::Test {
 protected:
  SearchSessionTest() {
    observed.clear();
    answer = {};
  }

  static Trial ATrial(std::uint64_t ordinal, TrialState state, const std::string& accuracy = "") {
    Trial trial;
    trial.ordinal = ordinal;
    trial.assignments = {{"x", std::to_string(ordinal)}};
    trial.state = state;
    if (!accuracy.empty()) {
      trial.metrics = {{"accuracy", accuracy, accuracy, accuracy}};
    }
    return trial;
  }

  static void Observe(SearchSession& session, const Trial& trial) { session.Observe({&trial, 1}); }

  SearchSession session_ = SearchSession::Make(AnExperiment({Ints("1", "9")}), kRecorder).value();
};

TEST_F(SearchSessionTest, NegatesAMetricToMaximise) {
  Observe(session_, ATrial(1, TrialState::kSucceeded, "0.75"));

  ASSERT_THAT(observed, SizeIs(1));
  EXPECT_EQ(observed[0].outcome, Outcome::kComplete);
  EXPECT_THAT(observed[0].objectives, ElementsAre(-0.75));
  EXPECT_EQ(observed[0].point, Point{1});
}

TEST_F(SearchSessionTest, LeavesAMetricToMinimiseAsItIs) {
  Experiment experiment = AnExperiment({Ints("1", "9")});
  experiment.spec.objective->type = ObjectiveType::kMinimize;
  SearchSession session = SearchSession::Make(experiment, kRecorder).value();

  Observe(session, ATrial(1, TrialState::kEarlyStopped, "0.75"));

  ASSERT_THAT(observed, SizeIs(1));
  EXPECT_EQ(observed[0].outcome, Outcome::kStoppedEarly);
  EXPECT_THAT(observed[0].objectives, ElementsAre(0.75));
}

/// The proposals of an algorithm for successive trials, when `sign` times a bowl is the metric.
std::vector<Assignments> PathOf(const std::string& algorithm, ObjectiveType type, double sign) {
  Experiment experiment = AnExperiment({Continuous(), Continuous()});
  experiment.spec.parameters[1].name = "y";
  experiment.spec.algorithm->name = algorithm;
  experiment.spec.objective->type = type;
  SearchSession session = SearchSession::Make(experiment).value();
  std::vector<Assignments> path;
  for (std::uint64_t ordinal = 1; ordinal <= 40; ++ordinal) {
    Trial trial;
    trial.ordinal = ordinal;
    trial.state = TrialState::kSucceeded;
    trial.assignments = session.Suggest(ordinal, 1).value().suggestions.front().assignments;
    double bowl = 0;
    for (const Assignment& assignment : trial.assignments) {
      bowl += std::pow(std::stod(assignment.value) - 0.3, 2);
    }
    const std::string value = FormatNumber(sign * bowl);
    trial.metrics = {{"accuracy", value, value, value}};
    path.push_back(trial.assignments);
    session.Observe({&trial, 1});
  }
  return path;
}

TEST_F(SearchSessionTest, GoesTheSameWayUpAndDown) {
  for (const char* const name : {"auto", "bayesianoptimization", "cmaes", "bobyqa", "tpe"}) {
    EXPECT_EQ(PathOf(name, ObjectiveType::kMinimize, 1), PathOf(name, ObjectiveType::kMaximize, -1))
        << name;
  }
}

TEST_F(SearchSessionTest, CallsATrialWithoutAFiniteValueFailed) {
  for (const std::string value : {"", "nan", "inf", "-inf", "good", "unavailable"}) {
    observed.clear();
    SearchSession session = SearchSession::Make(AnExperiment({Ints("1", "9")}), kRecorder).value();

    Observe(session, ATrial(1, TrialState::kSucceeded, value));

    ASSERT_THAT(observed, SizeIs(1)) << value;
    EXPECT_EQ(observed[0].outcome, Outcome::kFailed) << value;
    EXPECT_THAT(observed[0].objectives, IsEmpty()) << value;
  }
}

TEST_F(SearchSessionTest, TellsATrialOnceAsRunningAndOnceAsEnded) {
  Observe(session_, ATrial(1, TrialState::kCreated));
  Observe(session_, ATrial(1, TrialState::kRunning));
  Observe(session_, ATrial(1, TrialState::kCreated));
  Observe(session_, ATrial(1, TrialState::kSucceeded, "1"));
  Observe(session_, ATrial(1, TrialState::kSucceeded, "1"));
  Observe(session_, ATrial(2, TrialState::kFailed));
  Observe(session_, ATrial(2, TrialState::kFailed));

  ASSERT_THAT(observed, SizeIs(3));
  EXPECT_EQ(observed[0].outcome, Outcome::kRunning);
  EXPECT_EQ(observed[1].outcome, Outcome::kComplete);
  EXPECT_EQ(observed[2].outcome, Outcome::kFailed);
  EXPECT_EQ(session_.last_ordinal(), 2u);
}

TEST_F(SearchSessionTest, KeepsQuietAboutTrialsOutsideTheSpace) {
  Observe(session_, ATrial(10, TrialState::kSucceeded, "1"));

  EXPECT_THAT(observed, IsEmpty());
  EXPECT_EQ(session_.last_ordinal(), 10u);
}

TEST_F(SearchSessionTest, RefusesAnswersThatBreakTheRules) {
  Observe(session_, ATrial(1, TrialState::kRunning));
  const Proposal two{{2}};
  const std::vector<Proposals> bad = {
      {{{{0}}}, false},     // below the range
      {{{{1.5}}}, false},   // between two legal values
      {{{{2, 2}}}, false},  // too many coordinates
      {{{{1}}}, false},     // trial 1 has it
      {{two, two}, false},
      {{{{1}, 2}}, false},  // there is no trial 2 yet whose checkpoint could be used
      {{{{1}, 1}}, false},  // trial 1 still runs and writes its checkpoint
      {{two, {{3}}, {{4}}}, true},
  };

  for (const Proposals& proposals : bad) {
    answer = proposals;
    const auto batch = session_.Suggest(2, proposals.list.size() == 1 ? 1 : 2);
    ASSERT_FALSE(batch.has_value());
    EXPECT_EQ(batch.error().code, Code::kInternal);
    EXPECT_THAT(batch.error().message, HasSubstr("recorder"));
  }
}

TEST_F(SearchSessionTest, KnowsWhichParametersLiveInATrial) {
  ParameterSpec child{"y", ParameterType::kInt, {"1", "2", "", {}, {}}, ActiveWhen{"x", {"3"}}};
  SearchSession session =
      SearchSession::Make(AnExperiment({Ints("1", "3"), child}), kRecorder).value();

  Observe(session, ATrial(1, TrialState::kSucceeded, "1"));
  Observe(session, ATrial(3, TrialState::kSucceeded, "1"));  // x is 3 and y is missing
  answer = {{{{2, NAN}}, {{3, 1}}}, false};
  const auto batch = session.Suggest(4, 2);

  ASSERT_THAT(observed, SizeIs(1));
  EXPECT_TRUE(std::isnan(observed[0].point[1]));
  ASSERT_TRUE(batch.has_value()) << batch.error().message;
  EXPECT_EQ(batch->suggestions[0].assignments, (Assignments{{"x", "2"}}));
  EXPECT_EQ(batch->suggestions[1].assignments, (Assignments{{"x", "3"}, {"y", "1"}}));
  for (const Point& bad : {Point{1, NAN}, Point{2, 1}, Point{3, NAN}}) {
    answer = {{{bad}}, false};
    EXPECT_FALSE(session.Suggest(4, 1).has_value());
  }
}

TEST_F(SearchSessionTest, LetsAnAlgorithmWaitForATrialThatRuns) {
  const auto nothing = session_.Suggest(1, 1);
  Observe(session_, ATrial(1, TrialState::kRunning));
  const auto waiting = session_.Suggest(2, 1);

  ASSERT_FALSE(nothing.has_value());
  EXPECT_EQ(nothing.error().code, Code::kInternal);
  ASSERT_TRUE(waiting.has_value());
  EXPECT_THAT(waiting->suggestions, IsEmpty());
  EXPECT_FALSE(waiting->space_ended);
}

TEST_F(SearchSessionTest, WritesPointsAsAssignmentsAndReasonsAsLabels) {
  answer = {{{{2}, 0, {Provenance::Origin::kModel, "tpe", 0.5}}}, true};

  const auto batch = session_.Suggest(1, 2).value();

  ASSERT_THAT(batch.suggestions, SizeIs(1));
  EXPECT_EQ(batch.suggestions[0].assignments, (Assignments{{"x", "2"}}));
  EXPECT_EQ(batch.suggestions[0].parent, 0u);
  EXPECT_THAT(batch.suggestions[0].labels,
              ElementsAre(Pair("hone.dev/acquisition", "0.5"),
                          Pair("hone.dev/algorithm", "tpe"),
                          Pair("hone.dev/origin", "model")));
  EXPECT_TRUE(batch.space_ended);
}

TEST_F(SearchSessionTest, LetsAnAdvancedTrialHaveThePointOfItsParent) {
  Observe(session_, ATrial(1, TrialState::kSucceeded, "1"));
  answer = {{{{1}, 1, {Provenance::Origin::kAdvanced}}}, false};

  const auto batch = session_.Suggest(2, 1).value();

  EXPECT_EQ(batch.suggestions.at(0).assignments, (Assignments{{"x", "1"}}));
  EXPECT_EQ(batch.suggestions.at(0).parent, 1u);
}

TEST_F(SearchSessionTest, GivesAResourceOfOneValueTheLevelsOfItsLadder) {
  Experiment experiment = AnExperiment({Continuous(), Ints("1", "1")});
  experiment.spec.parameters[1].name = "epochs";
  for (const char* const name : {"asha", "bohb", "hyperband"}) {
    experiment.spec.algorithm = {name, {{"resource_name", "epochs"}, {"eta", "2"}, {"r_l", "4"}}};
    SearchSession session = SearchSession::Make(experiment).value();
    std::map<std::string, int> epochs;
    for (std::uint64_t ordinal = 1; ordinal <= 20; ++ordinal) {
      const auto batch = session.Suggest(ordinal, 1);
      ASSERT_TRUE(batch.has_value()) << batch.error().message;
      Trial trial = ATrial(ordinal, TrialState::kSucceeded, "0.5");
      trial.assignments = batch->suggestions.at(0).assignments;
      trial.parent = batch->suggestions.at(0).parent;
      ++epochs[trial.assignments.at(1).value];
      Observe(session, trial);
    }
    EXPECT_THAT(epochs, ElementsAre(Pair("1", Ge(4)), Pair("2", Ge(2)), Pair("4", Ge(1)))) << name;
  }
}

TEST_F(SearchSessionTest, TakesItsSeedFromTheSettingsOrFromTheUid) {
  Experiment experiment = AnExperiment({Ints("1", "9")});
  static_cast<void>(SearchSession::Make(experiment, kRecorder).value());
  const std::uint64_t from_uid = problem.seed;
  experiment.spec.algorithm->settings = {{"random_state", "42"}};
  Algorithm seeded = kRecorder;
  seeded.settings = algorithms::Find("random")->settings;

  static_cast<void>(SearchSession::Make(experiment, seeded).value());

  EXPECT_EQ(problem.seed, 42u);
  EXPECT_EQ(from_uid, SeedOf("uid of tune"));
  EXPECT_EQ(SeedOf("a"), 0xAF63DC4C8601EC8Cu);  // FNV-1a's known answer
}

TEST_F(SearchSessionTest, IsOfOneGenerationOfOneExperiment) {
  Experiment experiment = AnExperiment({Ints("1", "9")});
  EXPECT_TRUE(session_.IsOf(experiment));

  experiment.generation = 2;
  EXPECT_FALSE(session_.IsOf(experiment));
  experiment.generation = 1;
  experiment.uid = "another";
  EXPECT_FALSE(session_.IsOf(experiment));
}

}  // namespace
}  // namespace hone::suggestion
