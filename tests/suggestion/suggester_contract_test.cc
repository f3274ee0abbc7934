// The contract of every Suggester.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "suggestion/engine/in_process_suggester.h"
#include "tests/suggestion/experiments.h"
#include "tests/suggestion/patient_suggester.h"

namespace hone::suggestion {
namespace {

using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Implementation {
  const char* name;
  std::unique_ptr<Suggester> (*make)(db::Store& store);
};

class SuggesterContract : public ::testing::TestWithParam<Implementation> {
 protected:
  static std::unique_ptr<Suggester> Make(Laboratory& laboratory) {
    return GetParam().make(laboratory.store());
  }

  static Result<SuggestionBatch> Ask(Suggester& suggester,
                                     Laboratory& laboratory,
                                     std::size_t count) {
    return suggester.Suggest(laboratory.experiment(), laboratory.next_ordinal(), count);
  }
};

INSTANTIATE_TEST_SUITE_P(Suggesters,
                         SuggesterContract,
                         ::testing::Values(Implementation{"InProcess", MakeInProcessSuggester},
                                           Implementation{"Background", MakePatientSuggester}),
                         [](const auto& tested) { return tested.param.name; });

std::set<std::string> ValuesOf(const Laboratory& laboratory) {
  std::set<std::string> values;
  for (const Trial& trial : laboratory.trials()) {
    values.insert(trial.assignments.at(0).value);
  }
  return values;
}

TEST_P(SuggesterContract, GivesOneLegalValueToEveryParameter) {
  Laboratory laboratory(AnExperiment(
      {Ints("1", "1000"), {"y", ParameterType::kCategorical, {"", "", "", {"a", "b"}, {}}}}));
  const auto suggester = Make(laboratory);

  const auto batch = Ask(*suggester, laboratory, 5);

  ASSERT_TRUE(batch.has_value()) << batch.error().message;
  ASSERT_THAT(batch->suggestions, SizeIs(Ge(5)));
  for (const Suggestion& suggestion : batch->suggestions) {
    ASSERT_THAT(suggestion.assignments, SizeIs(2));
    EXPECT_EQ(suggestion.assignments[0].name, "x");
    EXPECT_EQ(suggestion.assignments[1].name, "y");
  }
  EXPECT_FALSE(batch->space_ended);
}

TEST_P(SuggesterContract, GivesTheSameAnswerToTheSameCall) {
  Laboratory laboratory(AnExperiment({Ints("1", "30")}));
  const auto suggester = Make(laboratory);
  laboratory.Create(Ask(*suggester, laboratory, 10).value());

  const auto first = Ask(*suggester, laboratory, 3);
  const auto again = Ask(*suggester, laboratory, 3);
  const auto restarted = Ask(*Make(laboratory), laboratory, 3);

  EXPECT_EQ(first.value().suggestions, again.value().suggestions);
  EXPECT_EQ(first.value().suggestions, restarted.value().suggestions);
}

TEST_P(SuggesterContract, EndsAFiniteSpaceWithoutRepeatingAPoint) {
  Laboratory laboratory(AnExperiment({Ints("1", "30")}));
  const auto suggester = Make(laboratory);

  bool has_ended = false;
  for (int i = 0; i < 40 && !has_ended; ++i) {
    const auto batch = Ask(*suggester, laboratory, 4).value();
    has_ended = batch.space_ended;
    laboratory.Create(batch);
    laboratory.Move(laboratory.next_ordinal() - 1, TrialState::kRunning);
  }

  EXPECT_TRUE(has_ended);
  EXPECT_THAT(laboratory.trials(), SizeIs(30));
  EXPECT_THAT(ValuesOf(laboratory), SizeIs(30));
  EXPECT_THAT(Ask(*suggester, laboratory, 1).value().suggestions, IsEmpty());
}

TEST_P(SuggesterContract, SurvivesEveryWayInWhichATrialEnds) {
  Laboratory laboratory(AnExperiment({Ints("1", "100")}));
  const auto suggester = Make(laboratory);
  laboratory.Create(Ask(*suggester, laboratory, 7).value());
  ASSERT_THAT(laboratory.trials(), SizeIs(Ge(7)));

  for (std::uint64_t ordinal = 2; ordinal <= 7; ++ordinal) {
    laboratory.Move(ordinal, TrialState::kRunning);
    static_cast<void>(Ask(*suggester, laboratory, 1).value());
  }
  laboratory.Move(3, TrialState::kSucceeded, "0.5");
  laboratory.Move(4, TrialState::kSucceeded, "nan");
  laboratory.Move(5, TrialState::kFailed);
  laboratory.Move(6, TrialState::kKilled);
  laboratory.Move(7, TrialState::kMetricsUnavailable);

  EXPECT_THAT(Ask(*suggester, laboratory, 2).value().suggestions, SizeIs(Ge(2)));
}

TEST_P(SuggesterContract, ServesManyExperimentsFromOneStore) {
  Laboratory laboratory(AnExperiment({Continuous()}));
  const auto suggester = Make(laboratory);
  std::set<std::string> values;
  std::size_t trials = 0;

  for (int i = 0; i < 200; ++i) {
    laboratory.Add(AnExperiment({Continuous()}, "other-" + std::to_string(i)));
    laboratory.Create(Ask(*suggester, laboratory, 2).value());
    laboratory.Create(Ask(*suggester, laboratory, 1).value());
    trials += laboratory.trials().size();
    values.merge(ValuesOf(laboratory));
  }

  EXPECT_GE(trials, 600U);
  EXPECT_THAT(values, SizeIs(trials));
}

TEST_P(SuggesterContract, FollowsAnExperimentThatWasDeletedAndMadeAgain) {
  Laboratory laboratory(AnExperiment({Ints("1", "3")}));
  const auto suggester = Make(laboratory);
  laboratory.Create(Ask(*suggester, laboratory, 3).value());
  ASSERT_TRUE(Ask(*suggester, laboratory, 1).value().space_ended);

  ASSERT_TRUE(laboratory.store().DeleteExperiment(laboratory.experiment().key).has_value());
  Experiment second = AnExperiment({Ints("1", "3")});
  second.uid = "another uid";
  laboratory.Add(second);

  EXPECT_THAT(Ask(*suggester, laboratory, 3).value().suggestions, SizeIs(3));
}

TEST_P(SuggesterContract, RefusesForGoodAnExperimentThatItCanNeverServe) {
  Experiment unknown = AnExperiment({Continuous()});
  unknown.spec.algorithm->name = "oracle";
  Experiment unset = AnExperiment({Continuous()});
  unset.spec.algorithm.reset();
  Experiment setting = AnExperiment({Continuous()});
  setting.spec.algorithm->settings = {{"random_state", "-1"}};
  Experiment gridless = AnExperiment({Continuous()});
  gridless.spec.algorithm->name = "grid";

  for (const Experiment& bad :
       {unknown, unset, setting, gridless, AnExperiment({}), AnExperiment({Ints("2", "1")})}) {
    Laboratory laboratory(bad);
    const auto batch = Ask(*Make(laboratory), laboratory, 1);
    ASSERT_FALSE(batch.has_value());
    EXPECT_EQ(batch.error().code, Code::kInvalidArgument);
    EXPECT_THAT(batch.error().message, HasSubstr("default/tune"));
  }
}

TEST_P(SuggesterContract, AsksForARetryIfTheHistoryIsNotTheCallers) {
  Laboratory laboratory(AnExperiment({Continuous()}));
  const auto suggester = Make(laboratory);
  laboratory.Create(Ask(*suggester, laboratory, 2).value());

  const auto too_early = suggester->Suggest(laboratory.experiment(), 4, 1);
  const auto too_late = suggester->Suggest(laboratory.experiment(), 2, 1);

  ASSERT_FALSE(too_early.has_value());
  EXPECT_TRUE(too_early.error().IsRetryable());
  ASSERT_FALSE(too_late.has_value());
  EXPECT_TRUE(too_late.error().IsRetryable());
  EXPECT_TRUE(Ask(*suggester, laboratory, 1).has_value());
}

}  // namespace
}  // namespace hone::suggestion
