#include "proto/model/words.h"

#include <gtest/gtest.h>

#include "proto/model/condition.h"
#include "proto/model/experiment_spec.h"
#include "proto/model/experiment_status.h"
#include "proto/model/field_error.h"
#include "proto/model/trial.h"

namespace hone {
namespace {

template <typename Enum>
void ExpectRoundTrip(std::size_t words) {
  const std::vector<std::string> all = WordsOf<Enum>();
  EXPECT_EQ(all.size(), words);
  for (const std::string& word : all) {
    const std::optional<Enum> value = FromText<Enum>(word);
    ASSERT_TRUE(value.has_value()) << word;
    EXPECT_EQ(ToText(*value), word);
  }
  EXPECT_FALSE(FromText<Enum>("no such word").has_value());
}

TEST(Words, ReadBackAsTheyAreWritten) {
  ExpectRoundTrip<ParameterType>(5);
  ExpectRoundTrip<Distribution>(5);
  ExpectRoundTrip<ObjectiveType>(2);
  ExpectRoundTrip<MetricStrategy>(3);
  ExpectRoundTrip<ResumePolicy>(3);
  ExpectRoundTrip<CollectorKind>(6);
  ExpectRoundTrip<PathKind>(3);
  ExpectRoundTrip<MetricsFormat>(9);
  ExpectRoundTrip<ConditionType>(6);
  ExpectRoundTrip<TrialState>(7);
}

TEST(Trial, LeavesATerminalStateOnlyToRunAgainAfterAFailure) {
  for (int from = 0; from <= 6; ++from) {
    for (int to = 0; to <= 6; ++to) {
      const auto before = static_cast<TrialState>(from);
      const auto after = static_cast<TrialState>(to);
      const bool is_failure =
          before == TrialState::kFailed || before == TrialState::kMetricsUnavailable;
      if (IsTerminal(before)) {
        EXPECT_EQ(CanMove(before, after), is_failure && after == TrialState::kCreated);
      }
    }
  }
  EXPECT_TRUE(CanMove(TrialState::kRunning, TrialState::kCreated));
  EXPECT_FALSE(CanMove(TrialState::kCreated, TrialState::kSucceeded));
}

TEST(TrialName, IsReadBackToItsExperimentAndOrdinal) {
  const Trial trial{.experiment = {"team", "my-digits"}, .ordinal = 17};

  const std::optional<TrialKey> key = ParseTrialName("team", trial.name());

  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->experiment, trial.experiment);
  EXPECT_EQ(key->ordinal, 17U);
  for (const char* const text :
       {"digits", "digits-", "digits-x", "digits-0", "digits-01", "-1", ""}) {
    EXPECT_FALSE(ParseTrialName("team", text).has_value()) << text;
  }
}

TEST(Conditions, AppendWhatChangedAndKeepTheTransitionTimeOfTheSameStatus) {
  ExperimentStatus status;
  const Time first{Duration(1)};
  const Time second{Duration(2)};
  status.SetCondition({ConditionType::kRunning, true, "A", "", first, first});
  status.SetCondition({ConditionType::kCreated, true, "B", "", first, first});

  EXPECT_FALSE(status.SetCondition({ConditionType::kRunning, true, "A", "x", second, second}));
  EXPECT_TRUE(status.SetCondition({ConditionType::kRunning, true, "C", "", second, second}));

  ASSERT_EQ(status.conditions.size(), 2U);
  EXPECT_EQ(status.conditions.back().reason, "C");
  EXPECT_EQ(status.conditions.back().last_transition, first);
  EXPECT_EQ(status.conditions.back().last_update, second);
}

TEST(DidYouMean, FindsTheNearestWordOrSaysNothing) {
  const std::vector<std::string> words = {"random", "grid", "sobol"};

  EXPECT_EQ(DidYouMean("randm", words), "random");
  EXPECT_EQ(DidYouMean("GRID", words), "grid");
  EXPECT_EQ(DidYouMean("sbool", words), "sobol");
  EXPECT_EQ(DidYouMean("bayesian", words), "");
  EXPECT_EQ(DidYouMean("", words), "");
}

TEST(FieldError, ReadsAsKubernetesWritesIt) {
  const FieldError error{FieldError::Type::kInvalid, "spec.maxTrialCount", "0", "must be above 0"};

  EXPECT_EQ(error.ToString(), "spec.maxTrialCount: Invalid value: \"0\": must be above 0");
  EXPECT_TRUE(HasErrors({error}));
  EXPECT_FALSE(HasErrors({{FieldError::Type::kUnknownField, "spec.x", "", ""}}));
}

}  // namespace
}  // namespace hone
