#include "proto/convert/manifest.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/proto/convert/full_objects.h"

namespace hone::proto {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Type = FieldError::Type;

MATCHER_P2(IsFault, type, field, "") {
  return arg.type == type && arg.field == field;
}

Json Manifest(const std::string& spec) {
  return Json::parse("{" + std::string(kHeader) + R"(, "metadata": {"name": "digits"}, "spec": )" +
                     spec + "}");
}

ExperimentSpec SpecOf(const std::string& spec) {
  FieldErrors errors;
  ExperimentSpec result = ReadExperiment(Manifest(spec), errors).spec;
  EXPECT_THAT(errors, IsEmpty());
  return result;
}

FieldErrors FaultsOf(const std::string& spec) {
  FieldErrors errors;
  (void)ReadExperiment(Manifest(spec), errors);
  return errors;
}

TEST(Manifest, ReadsTheMetadataOfAnExperiment) {
  FieldErrors errors;
  const Json tree = Json::parse("{" + std::string(kHeader) + R"(, "metadata": {
      "name": "digits", "namespace": "vision", "uid": "4711", "labels": {"a": "b"},
      "annotations": {"c": "d"}, "creationTimestamp": "2026-03-01T12:00:00Z",
      "resourceVersion": "9", "generation": 4}, "spec": {}, "status": {"trials": "ignored"}})");

  const Experiment experiment = ReadExperiment(tree, errors);

  EXPECT_THAT(errors, IsEmpty());
  EXPECT_EQ(experiment.key, (ExperimentKey{"vision", "digits"}));
  EXPECT_EQ(experiment.uid, "4711");
  EXPECT_EQ(experiment.labels, (std::map<std::string, std::string>{{"a", "b"}}));
  EXPECT_EQ(experiment.annotations, (std::map<std::string, std::string>{{"c", "d"}}));
  EXPECT_EQ(experiment.created, At("2026-03-01T12:00:00Z"));
}

TEST(Manifest, ReadsNumbersOfNoFileAsTheirShortestText) {
  const ExperimentSpec spec = SpecOf(R"({"parameters": [{"name": "x", "feasibleSpace": {
      "min": 0.10, "max": 100, "step": 1e-9, "list": [1, 2.50, 18446744073709551615, -3]}}]})");

  const FeasibleSpace& space = spec.parameters.at(0).feasible_space;
  EXPECT_EQ(space.min, "0.1");
  EXPECT_EQ(space.max, "100");
  EXPECT_EQ(space.step, "1e-09");
  EXPECT_THAT(space.list, ElementsAre("1", "2.5", "18446744073709551615", "-3"));
}

TEST(Manifest, TakesNullForAbsent) {
  EXPECT_EQ(SpecOf(R"({"objective": null, "maxTrialCount": null, "parameters": null,
                       "trialTemplate": null, "resumePolicy": null, "suspend": null})"),
            ExperimentSpec());
}

TEST(Manifest, TellsAbsentTrialParametersFromNone) {
  EXPECT_FALSE(SpecOf(R"({"trialTemplate": {}})").trial_template->trial_parameters);
  EXPECT_THAT(
      *SpecOf(R"({"trialTemplate": {"trialParameters": []}})").trial_template->trial_parameters,
      IsEmpty());
}

TEST(Manifest, ReadsAPortThatIsANumberOrAName) {
  const auto port = [](const std::string& text) {
    return SpecOf(R"({"metricsCollectorSpec": {"source": {"httpGet": {"port": )" + text + "}}}}")
        .metrics_collector->http_get->port;
  };

  EXPECT_EQ(port("8080"), "8080");
  EXPECT_EQ(port("\"metrics\""), "metrics");
}

TEST(Manifest, TakesAListUnderDistributionAsTheList) {
  FieldErrors errors;

  const Experiment experiment = ReadExperiment(
      Manifest(R"({"parameters": [{"feasibleSpace": {"distribution": ["a", 2]}}]})"), errors);

  EXPECT_THAT(experiment.spec.parameters.at(0).feasible_space.list, ElementsAre("a", "2"));
  EXPECT_THAT(
      errors,
      ElementsAre(IsFault(Type::kUnknownField, "spec.parameters[0].feasibleSpace.distribution")));
}

TEST(Manifest, ReadsTheConditionOfAParameter) {
  FieldErrors errors;

  const Experiment experiment =
      ReadExperiment(Manifest(R"({"parameters": [{"name": "momentum", "activeWhen": {
          "parent": "layers", "values": [1, "2", true], "vallues": []}}]})"),
                     errors);

  const std::optional<ActiveWhen>& condition = experiment.spec.parameters.at(0).active_when;
  EXPECT_EQ(condition, (ActiveWhen{"layers", {"1", "2", ""}}));
  EXPECT_THAT(errors,
              ElementsAre(IsFault(Type::kInvalid, "spec.parameters[0].activeWhen.values[2]"),
                          IsFault(Type::kUnknownField, "spec.parameters[0].activeWhen.vallues")));
}

TEST(Manifest, ReportsEveryWrongTypeAndReadsTheRest) {
  FieldErrors errors;

  const Experiment experiment = ReadExperiment(Manifest(R"({
      "parameters": ["x", {"name": "y", "feasibleSpace": {"min": true}}],
      "objective": {"goal": "high", "objectiveMetricName": "loss"},
      "maxTrialCount": 1.5, "parallelTrialCount": 2147483648, "suspend": 1,
      "trialTemplate": {"primaryPodLabels": {"a": 1}}})"),
                                               errors);

  EXPECT_EQ(experiment.spec.objective->metric_name, "loss");
  EXPECT_EQ(experiment.spec.parameters.at(1).name, "y");
  EXPECT_THAT(errors,
              ElementsAre(IsFault(Type::kInvalid, "spec.parameters[0]"),
                          IsFault(Type::kInvalid, "spec.parameters[1].feasibleSpace.min"),
                          IsFault(Type::kInvalid, "spec.objective.goal"),
                          IsFault(Type::kInvalid, "spec.parallelTrialCount"),
                          IsFault(Type::kInvalid, "spec.maxTrialCount"),
                          IsFault(Type::kInvalid, "spec.trialTemplate.primaryPodLabels.a"),
                          IsFault(Type::kInvalid, "spec.suspend")));
}

TEST(Manifest, SaysWhatItFoundAndWhatIsAllowed) {
  const FieldErrors errors = FaultsOf(R"({"objective": {"type": "maximise",
                                                        "objectiveMetricName": 5}})");

  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0].found, "maximise");
  EXPECT_EQ(errors[0].message, "must be minimize or maximize; did you mean \"maximize\"?");
  EXPECT_EQ(errors[1].found, "5");
  EXPECT_EQ(errors[1].message, "must be a string, not a number; write it in quotes");
}

TEST(Manifest, CutsALongValueBetweenTwoCharacters) {
  std::string word;
  for (int i = 0; i < 100; ++i) {
    word += "x\u00e9";
  }

  const FieldErrors errors = FaultsOf(R"({"resumePolicy": ")" + word + "\"}");

  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].found, word.substr(0, 79) + "...");
}

TEST(Manifest, WarnsOfUnknownFieldsButNotInsideTheUsersOwnObjects) {
  const FieldErrors errors = FaultsOf(R"({
      "parralelTrialCount": 3,
      "trialTemplate": {"trialSpec": {"anything": {"goes": 1}}, "retian": true},
      "metricsCollectorSpec": {"collector": {"customCollector": {"odd": 1}}}})");

  ASSERT_THAT(errors,
              ElementsAre(IsFault(Type::kUnknownField, "spec.trialTemplate.retian"),
                          IsFault(Type::kUnknownField, "spec.parralelTrialCount")));
  EXPECT_FALSE(HasErrors(errors));
  EXPECT_THAT(errors[1].message, HasSubstr("did you mean \"parallelTrialCount\"?"));
}

TEST(Manifest, RequiresItsApiVersionAndKind) {
  FieldErrors errors;

  (void)ReadExperiment(Json{{"kind", "Job"}}, errors);

  EXPECT_THAT(errors,
              ElementsAre(IsFault(Type::kRequired, "apiVersion"),
                          IsFault(Type::kNotSupported, "kind"),
                          IsFault(Type::kRequired, "spec")));
}

TEST(Manifest, RefusesADocumentThatIsNotAnObject) {
  for (const char* text : {"[]", "7", "\"x\"", "null"}) {
    FieldErrors errors;
    (void)ReadExperiment(Json::parse(text), errors);
    EXPECT_THAT(errors, ElementsAre(IsFault(Type::kInvalid, ""))) << text;
  }
}

TEST(Manifest, KeepsEveryFieldOfASpecThroughItsTree) {
  const ExperimentSpec spec = FullSpec();

  const Result<ExperimentSpec> read = ReadSpec(WriteSpec(spec));

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, spec);
}

TEST(Manifest, KeepsWhatIsThereAndEmptyThroughItsTree) {
  ExperimentSpec spec;
  spec.objective.emplace();
  spec.algorithm.emplace();
  spec.early_stopping.emplace();
  spec.metrics_collector.emplace();
  spec.metrics_collector->http_get.emplace();
  spec.metrics_collector->file_system_path = MetricsCollectorSpec::FileSystemPath{};
  spec.metrics_collector->metrics_format.emplace();
  spec.nas_config.emplace();
  spec.trial_template.emplace();
  spec.trial_template->config_map.emplace();
  spec.trial_template->trial_parameters.emplace();
  spec.parameters.resize(2);

  EXPECT_EQ(ReadSpec(WriteSpec(spec)), spec);
  EXPECT_EQ(ReadSpec(WriteSpec(ExperimentSpec())), ExperimentSpec());
}

TEST(Manifest, CallsASpecThatDoesNotReadBackLost) {
  const Result<ExperimentSpec> read = ReadSpec(Json{{"maxTrialCount", "12"}});

  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kDataLoss);
  EXPECT_THAT(read.error().message, HasSubstr("spec.maxTrialCount"));
}

TEST(Manifest, ReadsTheExperimentThatItWrote) {
  const Experiment stored = StoredExperiment();
  FieldErrors errors;

  Experiment read = ReadExperiment(WriteExperiment(stored, {}), errors);

  EXPECT_THAT(errors, IsEmpty());
  read.generation = stored.generation;
  read.version = stored.version;
  EXPECT_EQ(read, stored);
}

}  // namespace
}  // namespace hone::proto
