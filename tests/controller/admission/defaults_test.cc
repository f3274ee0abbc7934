#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/admission/admission.h"
#include "proto/model/experiment_spec.h"

namespace hone::controller {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

ExperimentSpec SpecOfKind(const std::string& kind) {
  ExperimentSpec spec;
  spec.trial_template.emplace();
  spec.trial_template->trial_spec = R"({"kind":")" + kind + R"("})";
  return spec;
}

ExperimentSpec SpecWithCollector(CollectorKind kind) {
  ExperimentSpec spec;
  spec.metrics_collector.emplace();
  spec.metrics_collector->kind = kind;
  return spec;
}

ExperimentSpec Defaulted(ExperimentSpec spec) {
  SetDefaults(spec);
  return spec;
}

TEST(Defaults, GiveAnEmptySpecItsParallelismPolicyAndCollector) {
  const ExperimentSpec spec = Defaulted({});

  EXPECT_EQ(spec.parallel_trial_count, 3);
  EXPECT_EQ(spec.max_trial_count, std::nullopt);
  EXPECT_EQ(spec.max_failed_trial_count, std::nullopt);
  EXPECT_EQ(spec.resume_policy, ResumePolicy::kLongRunning);
  EXPECT_EQ(spec.metrics_collector->kind, CollectorKind::kStdOut);
  EXPECT_FALSE(spec.objective || spec.algorithm || spec.early_stopping || spec.trial_template);
}

TEST(Defaults, ChooseTheAlgorithmIfNoneIsNamed) {
  ExperimentSpec spec;
  spec.parameters.resize(1);
  ExperimentSpec seeded = spec;
  seeded.algorithm.emplace().settings = {{"random_state", "1"}};
  ExperimentSpec named = spec;
  named.algorithm.emplace().name = "grid";
  ExperimentSpec architecture = spec;
  architecture.nas_config.emplace();

  EXPECT_EQ(Defaulted(spec).algorithm->name, "auto");
  EXPECT_EQ(Defaulted(seeded).algorithm->name, "auto");
  EXPECT_EQ(Defaulted(named).algorithm->name, "grid");
  EXPECT_FALSE(Defaulted(architecture).algorithm);
}

TEST(Defaults, MakeEveryDistributionUniformUnlessOneIsNamed) {
  ExperimentSpec spec;
  spec.parameters.resize(2);
  spec.parameters[1].feasible_space.distribution = Distribution::kNormal;

  SetDefaults(spec);

  EXPECT_EQ(spec.parameters[0].feasible_space.distribution, Distribution::kUniform);
  EXPECT_EQ(spec.parameters[1].feasible_space.distribution, Distribution::kNormal);
}

TEST(Defaults, FollowTheObjectiveForItsMetricAndTakeTheLatestOfOthers) {
  ExperimentSpec spec;
  spec.objective.emplace();
  spec.objective->type = ObjectiveType::kMaximize;
  spec.objective->metric_name = "accuracy";
  spec.objective->additional_metric_names = {"loss", "seconds"};
  spec.objective->metric_strategies = {{"seconds", MetricStrategy::kMin}};

  SetDefaults(spec);

  EXPECT_THAT(spec.objective->metric_strategies,
              ElementsAre(NamedStrategy{"seconds", MetricStrategy::kMin},
                          NamedStrategy{"accuracy", MetricStrategy::kMax},
                          NamedStrategy{"loss", MetricStrategy::kLatest}));
}

TEST(Defaults, TakeTheLowestOfAMinimizedMetricAndTheLatestOfAnUnknownObjective) {
  ExperimentSpec spec;
  spec.objective.emplace();
  spec.objective->metric_name = "loss";
  ExperimentSpec minimized = spec;
  minimized.objective->type = ObjectiveType::kMinimize;

  EXPECT_EQ(Defaulted(spec).objective->StrategyOf("loss"), MetricStrategy::kLatest);
  EXPECT_EQ(Defaulted(minimized).objective->StrategyOf("loss"), MetricStrategy::kMin);
}

TEST(Defaults, LetAJobSucceedWhenItIsComplete) {
  const TrialTemplate source = *Defaulted(SpecOfKind("Job")).trial_template;

  EXPECT_EQ(source.success_condition,
            "status.conditions.#(type==\"Complete\")#|#(status==\"True\")#");
  EXPECT_EQ(source.failure_condition,
            "status.conditions.#(type==\"Failed\")#|#(status==\"True\")#");
  EXPECT_THAT(source.primary_pod_labels, IsEmpty());
}

TEST(Defaults, LookForATrainJobsFirstNode) {
  const TrialTemplate source = *Defaulted(SpecOfKind("TrainJob")).trial_template;

  EXPECT_EQ(source.success_condition,
            "status.conditions.#(type==\"Complete\")#|#(status==\"True\")#");
  EXPECT_THAT(source.primary_pod_labels,
              ElementsAre(Pair("batch.kubernetes.io/job-completion-index", "0"),
                          Pair("jobset.sigs.k8s.io/replicatedjob-name", "node")));
}

TEST(Defaults, LookForTheMasterOfEveryReplicatedJob) {
  for (const char* kind : {"TFJob", "PyTorchJob", "XGBoostJob", "MPIJob"}) {
    const TrialTemplate source = *Defaulted(SpecOfKind(kind)).trial_template;

    EXPECT_EQ(source.success_condition,
              "status.conditions.#(type==\"Succeeded\")#|#(status==\"True\")#");
    EXPECT_THAT(source.primary_pod_labels,
                ElementsAre(Pair("training.kubeflow.org/job-role", "master")));
  }
}

TEST(Defaults, LeaveOtherKindsAndConfigMapsWithoutConditions) {
  ExperimentSpec from_map;
  from_map.trial_template.emplace();
  from_map.trial_template->config_map.emplace();

  EXPECT_EQ(Defaulted(SpecOfKind("Workflow")).trial_template->success_condition, "");
  EXPECT_EQ(Defaulted(from_map).trial_template->failure_condition, "");
}

TEST(Defaults, KeepConditionsAndLabelsThatAreGiven) {
  ExperimentSpec spec = SpecOfKind("PyTorchJob");
  spec.trial_template->success_condition = "status.done";
  spec.trial_template->primary_pod_labels = {{"role", "chief"}};

  SetDefaults(spec);

  EXPECT_EQ(spec.trial_template->success_condition, "status.done");
  EXPECT_THAT(spec.trial_template->primary_pod_labels, ElementsAre(Pair("role", "chief")));
}

TEST(Defaults, SayWhereEachCollectorListens) {
  const auto file = *Defaulted(SpecWithCollector(CollectorKind::kFile)).metrics_collector;
  const auto events =
      *Defaulted(SpecWithCollector(CollectorKind::kTensorFlowEvent)).metrics_collector;
  const auto scraped =
      *Defaulted(SpecWithCollector(CollectorKind::kPrometheusMetric)).metrics_collector;

  EXPECT_EQ(file.file_system_path,
            (MetricsCollectorSpec::FileSystemPath{
                "/var/log/katib/metrics.log", PathKind::kFile, MetricsFormat::kText}));
  EXPECT_EQ(events.file_system_path,
            (MetricsCollectorSpec::FileSystemPath{
                "/var/log/katib/tfevent/", PathKind::kDirectory, MetricsFormat::kUnset}));
  EXPECT_EQ(scraped.http_get->path, "/metrics");
  EXPECT_EQ(scraped.http_get->port, "8080");
}

TEST(Defaults, KeepThePartsOfAPathThatAreGiven) {
  ExperimentSpec spec = SpecWithCollector(CollectorKind::kFile);
  spec.metrics_collector->file_system_path = MetricsCollectorSpec::FileSystemPath{};
  spec.metrics_collector->file_system_path->path = "/logs/metrics";
  spec.metrics_collector->file_system_path->format = MetricsFormat::kJson;

  SetDefaults(spec);

  EXPECT_EQ(spec.metrics_collector->file_system_path,
            (MetricsCollectorSpec::FileSystemPath{
                "/logs/metrics", PathKind::kFile, MetricsFormat::kJson}));
}

TEST(Defaults, ChangeNothingTheSecondTime) {
  ExperimentSpec spec = SpecOfKind("MPIJob");
  spec.metrics_collector = SpecWithCollector(CollectorKind::kPrometheusMetric).metrics_collector;
  spec.parameters.resize(1);
  spec.objective.emplace();
  spec.objective->metric_name = "loss";

  const ExperimentSpec once = Defaulted(spec);

  EXPECT_EQ(Defaulted(once), once);
}

}  // namespace
}  // namespace hone::controller
