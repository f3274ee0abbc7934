#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/convert/manifest.h"
#include "tests/proto/convert/full_objects.h"

namespace hone::proto {
namespace {

TEST(ManifestWriter, WritesAnExperimentThatNoStoreHoldsAsAUserWould) {
  Experiment experiment;
  experiment.key.name = "digits";

  EXPECT_EQ(WriteExperiment(experiment, {}), Json::parse("{" + std::string(kHeader) + R"(,
                "metadata": {"name": "digits", "namespace": "default"}, "spec": {}})"));
}

TEST(ManifestWriter, WritesAnExperimentsStatusAsKatibsToolsExpectIt) {
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

TEST(ManifestWriter, NamesABestTrialThatItWasNotGiven) {
  Experiment experiment = StoredExperiment();
  experiment.status.optimal = OptimalTrial{9, 0.25};

  EXPECT_EQ(WriteExperiment(experiment, {}).at("status").at("currentOptimalTrial"),
            Json::parse(R"({"bestTrialName": "digits-9"})"));
}

TEST(ManifestWriter, KeepsConditionsThroughTheirTree) {
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

TEST(ManifestWriter, KeepsMetricsAndAssignmentsThroughTheirTrees) {
  const std::vector<MetricSummary> metrics{{"loss", "0.10", "nan", "unavailable"},
                                           {"", "", "", ""}};
  const Assignments assignments{{"lr", "0.010"}, {"method", ""}, {"quote\"", "\u00e9\n"}};

  EXPECT_EQ(ReadMetrics(WriteMetrics(metrics)), metrics);
  EXPECT_EQ(ReadAssignments(WriteAssignments(assignments)), assignments);
  EXPECT_EQ(ReadMetrics(Json::array())->size(), 0u);
  EXPECT_FALSE(ReadAssignments(Json::parse(R"([{"name": "lr", "value": 1}])")));
  EXPECT_FALSE(ReadMetrics(Json::parse(R"({"name": "loss"})")));
}

TEST(ManifestWriter, WritesATrialThatHasEnded) {
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

TEST(ManifestWriter, WritesTheFieldsThatATrialTakesFromItsExperiment) {
  const Json spec = WriteTrial(StoredExperiment(), StoredTrial(1, TrialState::kCreated)).at("spec");

  EXPECT_EQ(spec.at("parameterAssignments"), Json::parse(R"([{"name": "lr", "value": "0.010"}])"));
  EXPECT_EQ(spec.at("objective").at("objectiveMetricName"), "loss");
  EXPECT_EQ(spec.at("metricsCollector").at("collector").at("kind"), "Custom");
  EXPECT_EQ(spec.at("retainRun"), true);
  EXPECT_EQ(spec.at("primaryContainerName"), "train");
  EXPECT_EQ(spec.at("successCondition"), "status.ok");
}

TEST(ManifestWriter, WritesTheSuggestionsThatBecameTrials) {
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

TEST(ManifestWriter, EndsASuggestionWithItsExperiment) {
  Experiment experiment = StoredExperiment();
  Condition failed;
  failed.type = ConditionType::kFailed;
  experiment.status.SetCondition(failed);

  const Json conditions = WriteSuggestion(experiment, {}).at("status").at("conditions");

  EXPECT_EQ(conditions.at(1).at("status"), "False");
  EXPECT_EQ(conditions.at(2).at("type"), "Failed");
}

TEST(ManifestWriter, GivesEveryStateOfATrialItsReason) {
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
