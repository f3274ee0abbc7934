// Objects with a value in every field, for tests of readers and writers.
#pragma once

#include "proto/convert/manifest.h"
#include "proto/model/experiment.h"

namespace hone::proto {

/// The first fields of every manifest.
inline constexpr const char* kHeader =
    R"("apiVersion": "kubeflow.org/v1beta1", "kind": "Experiment")";

inline Time At(const char* text) {
  return ParseTime(text).value();
}

inline MetricsCollectorSpec FullCollector() {
  MetricsCollectorSpec collector;
  collector.kind = CollectorKind::kCustom;
  collector.custom_collector = R"({"args":["-m","loss"],"image":"ears"})";
  collector.http_get = {"/metrics", "8080", "localhost", "HTTP"};
  collector.file_system_path = {"/logs", PathKind::kFile, MetricsFormat::kJson};
  collector.metrics_format = {"(\\w+)=(.*)"};
  return collector;
}

inline TrialTemplate FullTemplate() {
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

// A spec with a value in every field.
inline ExperimentSpec FullSpec() {
  ExperimentSpec spec;
  spec.parameters = {
      {"lr", ParameterType::kDouble, {"0.010", "1e-1", "0.01", {}, Distribution::kLogUniform}},
      {"method", ParameterType::kCategorical, {"", "", "", {"sgd", "", "0.10"}, {}}},
      {"momentum",
       ParameterType::kDouble,
       {"0", "0.99", "", {}, {}},
       ActiveWhen{"method", {"sgd", "0.10"}}}};
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
  spec.max_duration_seconds = 7200;
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

inline Experiment StoredExperiment() {
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

inline Trial StoredTrial(std::uint64_t ordinal, TrialState state) {
  Trial trial;
  trial.experiment = {"vision", "digits"};
  trial.ordinal = ordinal;
  trial.assignments = {{"lr", "0.010"}};
  trial.state = state;
  trial.created = At("2026-03-01T12:00:01Z");
  trial.version = 3;
  return trial;
}

}  // namespace hone::proto
