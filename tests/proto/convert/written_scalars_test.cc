// Bare scalars in place of text: the program gets the exact text of the file, or the file is
// refused; no value is reformatted.
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/convert/manifest.h"
#include "proto/model/experiment.h"

namespace hone::proto {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Experiment ReadText(std::string_view text, FieldErrors& errors) {
  const auto documents = ReadYaml(text);
  EXPECT_TRUE(documents) << documents.error().message;
  return ReadExperiment(documents->front().value, errors, documents->front().written);
}

std::string WithParameter(const std::string& parameter) {
  return "apiVersion: kubeflow.org/v1beta1\nkind: Experiment\nmetadata: {name: a}\n"
         "spec:\n  parameters:\n  - name: p\n" +
         parameter;
}

TEST(WrittenScalars, ArriveInAListOfWordsAsTheyStandInTheFile) {
  FieldErrors errors;

  const Experiment experiment = ReadText(
      WithParameter("    feasibleSpace: {list: [3.9, 3.10, 1.0, 0.50, 010, 0x1F, 1_000, 1e5, +5, "
                    "-0, .5, 2024-01-02, 12345678901234567890123]}\n"),
      errors);

  EXPECT_THAT(errors, IsEmpty());
  EXPECT_THAT(experiment.spec.parameters[0].feasible_space.list,
              ElementsAre("3.9",
                          "3.10",
                          "1.0",
                          "0.50",
                          "010",
                          "0x1F",
                          "1_000",
                          "1e5",
                          "+5",
                          "-0",
                          ".5",
                          "2024-01-02",
                          "12345678901234567890123"));
}

TEST(WrittenScalars, ArriveInBoundsConditionsAndSettingsAsTheyStandInTheFile) {
  FieldErrors errors;

  const Experiment experiment =
      ReadText(WithParameter("    feasibleSpace: {min: 1.0, max: 1e2, step: 0.10}\n"
                             "    activeWhen: {parent: q, values: [3.10, 2.00]}\n"
                             "  algorithm:\n"
                             "    algorithmName: tpe\n"
                             "    algorithmSettings: [{name: gamma, value: 0.250}]\n"),
               errors);

  EXPECT_THAT(errors, IsEmpty());
  const ParameterSpec& parameter = experiment.spec.parameters[0];
  EXPECT_EQ(parameter.feasible_space.min, "1.0");
  EXPECT_EQ(parameter.feasible_space.max, "1e2");
  EXPECT_EQ(parameter.feasible_space.step, "0.10");
  EXPECT_THAT(parameter.active_when->values, ElementsAre("3.10", "2.00"));
  EXPECT_EQ(experiment.spec.algorithm->settings, (std::vector<Setting>{{"gamma", "0.250"}}));
}

TEST(WrittenScalars, ComeThroughAliasesAndMerges) {
  FieldErrors errors;

  const Experiment experiment =
      ReadText(WithParameter("    feasibleSpace: &s {list: &l [3.10, 1.0], step: 0.50, min: 1.0}\n"
                             "  - {name: q, feasibleSpace: {list: *l}}\n"
                             "  - {name: r, feasibleSpace: {min: 1.00, <<: *s}}\n"
                             "  - {name: s, feasibleSpace: {<<: [{min: 1.000}, *s]}}\n"),
               errors);

  EXPECT_THAT(errors, IsEmpty());
  const auto& parameters = experiment.spec.parameters;
  EXPECT_THAT(parameters[1].feasible_space.list, ElementsAre("3.10", "1.0"));
  EXPECT_THAT(parameters[2].feasible_space.list, ElementsAre("3.10", "1.0"));
  EXPECT_EQ(parameters[2].feasible_space.min, "1.00");
  EXPECT_EQ(parameters[2].feasible_space.step, "0.50");
  EXPECT_EQ(parameters[3].feasible_space.min, "1.000");
  EXPECT_EQ(parameters[3].feasible_space.step, "0.50");
}

TEST(WrittenScalars, ThatAreNoNumbersAreToBeQuotedInAListOfWords) {
  FieldErrors errors;

  (void)ReadText(WithParameter("    feasibleSpace: {list: [True, ~, off]}\n"), errors);

  ASSERT_EQ(errors.size(), 3U);
  const std::string found[] = {"True", "~", "off"};
  for (std::size_t i = 0; i < errors.size(); ++i) {
    EXPECT_EQ(errors[i].field, "spec.parameters[0].feasibleSpace.list[" + std::to_string(i) + "]");
    EXPECT_EQ(errors[i].found, found[i]);
    EXPECT_THAT(errors[i].message, HasSubstr("write it in quotes"));
  }
}

TEST(WrittenScalars, OfANumberInQuotesAreToBeWrittenWithoutThem) {
  FieldErrors errors;

  (void)ReadText(
      WithParameter("  objective: {type: minimize, objectiveMetricName: l, goal: '0.9'}\n"
                    "  maxTrialCount: \"20\"\n  suspend: 'true'\n"
                    "  parallelTrialCount: many\n"),
      errors);

  ASSERT_EQ(errors.size(), 4U);
  const bool has_advice[] = {true, false, true, true};
  for (std::size_t i = 0; i < errors.size(); ++i) {
    EXPECT_EQ(errors[i].message.find("; write it without quotes") != std::string::npos,
              has_advice[i])
        << errors[i].ToString();
  }
}

TEST(WrittenScalars, AreShownAsTheyStandWhereTheyAreRefused) {
  FieldErrors errors;

  (void)ReadText(WithParameter("  objective: {type: minimize, objectiveMetricName: 1.0}\n"
                               "  maxTrialCount: 1_0.5\n"),
                 errors);

  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].found, "1.0");
  EXPECT_THAT(errors[0].message, HasSubstr("write it in quotes"));
  EXPECT_EQ(errors[1].found, "1_0.5");
}

}  // namespace
}  // namespace hone::proto
