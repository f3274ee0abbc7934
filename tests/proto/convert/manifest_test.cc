#include "proto/convert/manifest.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::proto {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Type = FieldError::Type;

MATCHER_P2(IsFault, type, field, "") {
  return arg.type == type && arg.field == field;
}

constexpr const char* kHeader = R"("apiVersion": "kubeflow.org/v1beta1", "kind": "Experiment")";

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

Time At(const char* text) {
  return ParseTime(text).value();
}

MetricsCollectorSpec FullCollector() {
  MetricsCollectorSpec collector;
  collector.kind = CollectorKind::kCustom;
  collector.custom_collector = R"({"args":["-m","loss"],"image":"ears"})";
  collector.http_get = {"/metrics", "8080", "localhost", "HTTP"};
  collector.file_system_path = {"/logs", PathKind::kFile, MetricsFormat::kJson};
  collector.metrics_format = {"(\\w+)=(.*)"};
  return collector;
}

TrialTemplate FullTemplate() {
  TrialTemplate result;
  result.retain = true;
  result.trial_spec = R"({"kind":"Job","spec":{"a":[1,2.5,"0.10",null,true]}})";
  result.config_map = {"templates", "team-a", "job.yaml"};
  result.trial_parameters = {{"rate", "step size", "lr"}, {"job", "", "${trialSpec.Name}"}};
  result.primary_pod_labels = {{"job-role", "master"}};
  result.primary_container_name = "train";
  result.success_condition = "status.ok";
  result.failure_condition = "status.bad";
  return result;
}

// A spec with something in every field.
ExperimentSpec FullSpec() {
  ExperimentSpec spec;
  spec.parameters = {
      {"lr", ParameterType::kDouble, {"0.010", "1e-1", "0.01", {}, Distribution::kLogUniform}},
      {"method", ParameterType::kCategorical, {"", "", "", {"sgd", "", "0.10"}, {}}}};
  spec.objective.emplace();
  spec.objective->type = ObjectiveType::kMinimize;
  spec.objective->goal = 0.1;
  spec.objective->metric_name = "loss";
  spec.objective->additional_metric_names = {"accuracy"};
  spec.objective->metric_strategies = {{"loss", MetricStrategy::kLatest}};
  spec.algorithm = {"random", {{"random_state", "7"}, {"empty", ""}}};
  spec.early_stopping = {"medianstop", {{"start_step", "4"}}};
  spec.parallel_trial_count = 2;
  spec.max_trial_count = 20;
  spec.max_failed_trial_count = 0;
  spec.resume_policy = ResumePolicy::kFromVolume;
  spec.metrics_collector = FullCollector();
  spec.nas_config.emplace();
  spec.nas_config->num_layers = 8;
  spec.nas_config->input_sizes = {32, 32, 3};
  spec.nas_config->output_sizes = {10};
  spec.nas_config->operations = {{"convolution", spec.parameters}, {"pooling", {}}};
  spec.trial_template = FullTemplate();
  spec.suspend = true;
  return spec;
}

Experiment StoredExperiment() {
  Experiment experiment;
  experiment.key = {"vision", "digits"};
  experiment.uid = "4711";
  experiment.labels = {{"team", "vision"}};
  experiment.annotations = {{"note", "nightly"}};
  experiment.created = At("2026-03-01T12:00:00Z");
  experiment.generation = 2;
  experiment.version = 7;
  experiment.spec = FullSpec();
  return experiment;
}

Trial StoredTrial(std::uint64_t ordinal, TrialState state) {
  Trial trial;
  trial.experiment = {"vision", "digits"};
  trial.ordinal = ordinal;
  trial.assignments = {{"lr", "0.010"}};
  trial.state = state;
  trial.created = At("2026-03-01T12:00:01Z");
  trial.version = 3;
  return trial;
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

TEST(Manifest, KeepsBareNumbersAsTheirShortestText) {
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

TEST(Manifest, WantsToKnowWhatItIs) {
  FieldErrors errors;

  (void)ReadExperiment(Json{{"kind", "Job"}}, errors);

  EXPECT_THAT(errors,
              ElementsAre(IsFault(Type::kRequired, "apiVersion"),
                          IsFault(Type::kNotSupported, "kind"),
                          IsFault(Type::kRequired, "spec")));
}

TEST(Manifest, RefusesWhatIsNoObject) {
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
  spec.metrics_collector->file_system_path.emplace();
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

TEST(Manifest, WritesAnExperimentThatNoStoreHoldsAsAUserWould) {
  Experiment experiment;
  experiment.key.name = "digits";

  EXPECT_EQ(WriteExperiment(experiment, {}), Json::parse("{" + std::string(kHeader) + R"(,
                "metadata": {"name": "digits", "namespace": "default"}, "spec": {}})"));
}

TEST(Manifest, WritesAnExperimentsStatusAsKatibsToolsExpectIt) {
  Experiment experiment = StoredExperiment();
  experiment.status.start_time = At("2026-03-01T12:00:00Z");
  experiment.status.counts.created = 3;
  experiment.status.counts.running = 1;
  experiment.status.counts.succeeded = 1;
  experiment.status.counts.metrics_unavailable = 1;
  experiment.status.optimal = OptimalTrial{2, 0.25};
  Trial best = StoredTrial(2, TrialState::kSucceeded);
  best.metrics = {{"loss", "0.25", "0.5", "0.30"}};
  const Trial trials[] = {
      StoredTrial(1, TrialState::kRunning), best, StoredTrial(3, TrialState::kMetricsUnavailable)};

  const Json status = WriteExperiment(experiment, trials).at("status");

  EXPECT_EQ(status, Json::parse(R"({
      "startTime": "2026-03-01T12:00:00Z",
      "trials": 3, "trialsRunning": 1, "trialsSucceeded": 1, "trialMetricsUnavailable": 1,
      "runningTrialList": ["digits-1"], "succeededTrialList": ["digits-2"],
      "metricsUnavailableTrialList": ["digits-3"],
      "currentOptimalTrial": {
        "bestTrialName": "digits-2",
        "parameterAssignments": [{"name": "lr", "value": "0.010"}],
        "observation": {"metrics": [
          {"name": "loss", "min": "0.25", "max": "0.5", "latest": "0.30"}]}}})"));
}

TEST(Manifest, NamesABestTrialThatItWasNotGiven) {
  Experiment experiment = StoredExperiment();
  experiment.status.optimal = OptimalTrial{9, 0.25};

  EXPECT_EQ(WriteExperiment(experiment, {}).at("status").at("currentOptimalTrial"),
            Json::parse(R"({"bestTrialName": "digits-9"})"));
}

TEST(Manifest, KeepsConditionsThroughTheirTree) {
  Condition succeeded{.type = ConditionType::kSucceeded,
                      .status = true,
                      .reason = "ExperimentGoalReached",
                      .message = "done",
                      .last_update = At("2026-03-01T12:00:00.123456Z"),
                      .last_transition = At("2026-03-01T11:00:00Z")};
  Condition running;
  running.type = ConditionType::kRunning;
  running.status = false;
  const std::vector<Condition> conditions{running, succeeded};

  const Json tree = WriteConditions(conditions);

  EXPECT_EQ(tree[0], Json::parse(R"({"type": "Running", "status": "False"})"));
  EXPECT_EQ(tree[1].at("lastUpdateTime"), "2026-03-01T12:00:00.123456Z");
  EXPECT_EQ(ReadConditions(tree), conditions);
  EXPECT_FALSE(ReadConditions(Json::parse(R"([{"type": "Odd", "status": "True"}])")));
  EXPECT_FALSE(ReadConditions(Json::parse(R"([{"type": "Failed", "status": true}])")));
}

TEST(Manifest, KeepsMetricsAndAssignmentsThroughTheirTrees) {
  const std::vector<MetricSummary> metrics{{"loss", "0.10", "nan", "unavailable"},
                                           {"", "", "", ""}};
  const Assignments assignments{{"lr", "0.010"}, {"method", ""}, {"quote\"", "\u00e9\n"}};

  EXPECT_EQ(ReadMetrics(WriteMetrics(metrics)), metrics);
  EXPECT_EQ(ReadAssignments(WriteAssignments(assignments)), assignments);
  EXPECT_EQ(ReadMetrics(Json::array())->size(), 0u);
  EXPECT_FALSE(ReadAssignments(Json::parse(R"([{"name": "lr", "value": 1}])")));
  EXPECT_FALSE(ReadMetrics(Json::parse(R"({"name": "loss"})")));
}

TEST(Manifest, WritesATrialThatHasEnded) {
  Trial trial = StoredTrial(4, TrialState::kFailed);
  trial.started = At("2026-03-01T12:00:02Z");
  trial.completed = At("2026-03-01T12:00:09Z");
  trial.reason = "Error";
  trial.message = "exit code 1";
  trial.metrics = {{"loss", "0.25", "0.5", "0.30"}};

  const Json tree = WriteTrial(StoredExperiment(), trial);

  EXPECT_EQ(tree.at("kind"), "Trial");
  EXPECT_EQ(tree.at("metadata").at("name"), "digits-4");
  EXPECT_EQ(tree.at("metadata").at("labels"),
            Json::parse(R"({"team": "vision", "katib.kubeflow.org/experiment": "digits"})"));
  EXPECT_EQ(tree.at("status"), Json::parse(R"({
      "startTime": "2026-03-01T12:00:02Z", "completionTime": "2026-03-01T12:00:09Z",
      "observation": {"metrics": [
        {"name": "loss", "min": "0.25", "max": "0.5", "latest": "0.30"}]},
      "conditions": [
        {"type": "Created", "status": "True", "reason": "TrialCreated",
         "message": "trial is created",
         "lastUpdateTime": "2026-03-01T12:00:01Z", "lastTransitionTime": "2026-03-01T12:00:01Z"},
        {"type": "Running", "status": "False", "reason": "TrialRunning",
         "message": "trial does not run",
         "lastUpdateTime": "2026-03-01T12:00:09Z", "lastTransitionTime": "2026-03-01T12:00:09Z"},
        {"type": "Failed", "status": "True", "reason": "TrialFailed. Job reason: Error",
         "message": "exit code 1",
         "lastUpdateTime": "2026-03-01T12:00:09Z", "lastTransitionTime": "2026-03-01T12:00:09Z"}]})"));
}

TEST(Manifest, WritesOfATrialsSpecWhatTheExperimentAsksFor) {
  const Json spec = WriteTrial(StoredExperiment(), StoredTrial(1, TrialState::kCreated)).at("spec");

  EXPECT_EQ(spec.at("parameterAssignments"), Json::parse(R"([{"name": "lr", "value": "0.010"}])"));
  EXPECT_EQ(spec.at("objective").at("objectiveMetricName"), "loss");
  EXPECT_EQ(spec.at("metricsCollector").at("collector").at("kind"), "Custom");
  EXPECT_EQ(spec.at("retainRun"), true);
  EXPECT_EQ(spec.at("primaryContainerName"), "train");
  EXPECT_EQ(spec.at("successCondition"), "status.ok");
}

TEST(Manifest, WritesTheSuggestionsThatBecameTrials) {
  const Trial trials[] = {StoredTrial(1, TrialState::kRunning),
                          StoredTrial(2, TrialState::kCreated)};

  const Json tree = WriteSuggestion(StoredExperiment(), trials);

  EXPECT_EQ(tree.at("kind"), "Suggestion");
  EXPECT_EQ(tree.at("metadata").at("name"), "digits");
  EXPECT_EQ(tree.at("spec").at("requests"), 2);
  EXPECT_EQ(tree.at("spec").at("algorithm").at("algorithmName"), "random");
  EXPECT_EQ(tree.at("spec").at("resumePolicy"), "FromVolume");
  EXPECT_EQ(tree.at("status").at("suggestionCount"), 2);
  EXPECT_EQ(tree.at("status").at("suggestions").at(1), Json::parse(R"({"name": "digits-2",
                            "parameterAssignments": [{"name": "lr", "value": "0.010"}]})"));
  EXPECT_EQ(tree.at("status").at("conditions").back().at("type"), "Running");
}

TEST(Manifest, EndsASuggestionWithItsExperiment) {
  Experiment experiment = StoredExperiment();
  Condition failed;
  failed.type = ConditionType::kFailed;
  experiment.status.SetCondition(failed);

  const Json conditions = WriteSuggestion(experiment, {}).at("status").at("conditions");

  EXPECT_EQ(conditions.at(1).at("status"), "False");
  EXPECT_EQ(conditions.at(2).at("type"), "Failed");
}

TEST(Manifest, GivesEveryStateOfATrialItsReason) {
  EXPECT_EQ(TrialReason(TrialState::kCreated), "TrialCreated");
  EXPECT_EQ(TrialReason(TrialState::kRunning), "TrialRunning");
  EXPECT_EQ(TrialReason(TrialState::kSucceeded), "TrialSucceeded");
  EXPECT_EQ(TrialReason(TrialState::kFailed), "TrialFailed");
  EXPECT_EQ(TrialReason(TrialState::kKilled), "TrialKilled");
  EXPECT_EQ(TrialReason(TrialState::kEarlyStopped), "TrialEarlyStopped");
  EXPECT_EQ(TrialReason(TrialState::kMetricsUnavailable), "MetricsUnavailable");
}

}  // namespace
}  // namespace hone::proto
