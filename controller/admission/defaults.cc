// Default values of a spec's optional fields (katib: experiment_defaults.go; the algorithm is
// ours).
#include <algorithm>
#include <array>
#include <string_view>

#include "controller/admission/admission.h"
#include "controller/admission/checks.h"
#include "proto/model/experiment_spec.h"

namespace hone::controller {
namespace {

constexpr const char* kAlgorithm = "auto";
constexpr const char* kMetricsFile = "/var/log/katib/metrics.log";
constexpr const char* kEventsFolder = "/var/log/katib/tfevent/";
constexpr const char* kMetricsPath = "/metrics";
constexpr const char* kMetricsPort = "8080";

void SetStrategy(Objective& objective, const std::string& metric, MetricStrategy strategy) {
  const bool is_named = std::any_of(objective.metric_strategies.begin(),
                                    objective.metric_strategies.end(),
                                    [&](const NamedStrategy& s) { return s.name == metric; });
  if (!is_named && !metric.empty()) {
    objective.metric_strategies.push_back({metric, strategy});
  }
}

MetricStrategy StrategyOf(ObjectiveType type) {
  switch (type) {
    case ObjectiveType::kMinimize:
      return MetricStrategy::kMin;
    case ObjectiveType::kMaximize:
      return MetricStrategy::kMax;
    case ObjectiveType::kUnset:
      break;
  }
  return MetricStrategy::kLatest;
}

// Whether a large value of an additional metric is good is not known, so its latest value is taken.
// (Katib gives it the objective's direction: decision 0042.)
void SetObjectiveDefaults(Objective& objective) {
  SetStrategy(objective, objective.metric_name, StrategyOf(objective.type));
  for (const std::string& metric : objective.additional_metric_names) {
    SetStrategy(objective, metric, MetricStrategy::kLatest);
  }
}

std::map<std::string, std::string> PrimaryPodLabels(JobKind kind) {
  switch (kind) {
    case JobKind::kReplicatedJob:
      return {{"training.kubeflow.org/job-role", "master"}};
    case JobKind::kTrainJob:
      return {{"jobset.sigs.k8s.io/replicatedjob-name", "node"},
              {"batch.kubernetes.io/job-completion-index", "0"}};
    case JobKind::kJob:
    case JobKind::kOther:
      break;
  }
  return {};
}

std::string ConditionPath(std::string_view type) {
  return "status.conditions.#(type==\"" + std::string(type) + "\")#|#(status==\"True\")#";
}

// Only an inline template tells its kind, on which the defaults depend.
void SetTemplateDefaults(TrialTemplate& source) {
  const std::optional<proto::Json> workload = ParseTrialSpec(source);
  const JobKind kind = workload ? JobKindOf(*workload) : JobKind::kOther;
  if (kind == JobKind::kOther) {
    return;
  }
  if (source.primary_pod_labels.empty()) {
    source.primary_pod_labels = PrimaryPodLabels(kind);
  }
  if (source.success_condition.empty()) {
    source.success_condition =
        ConditionPath(kind == JobKind::kReplicatedJob ? "Succeeded" : "Complete");
  }
  if (source.failure_condition.empty()) {
    source.failure_condition = ConditionPath("Failed");
  }
}

MetricsCollectorSpec::FileSystemPath& PathOf(MetricsCollectorSpec& collector,
                                             PathKind kind,
                                             const char* path) {
  if (!collector.file_system_path) {
    collector.file_system_path = MetricsCollectorSpec::FileSystemPath{};
  }
  if (collector.file_system_path->kind == PathKind::kUnset) {
    collector.file_system_path->kind = kind;
  }
  if (collector.file_system_path->path.empty()) {
    collector.file_system_path->path = path;
  }
  return *collector.file_system_path;
}

void SetHttpGetDefaults(MetricsCollectorSpec& collector) {
  if (!collector.http_get) {
    collector.http_get = MetricsCollectorSpec::HttpGet{};
  }
  if (collector.http_get->path.empty()) {
    collector.http_get->path = kMetricsPath;
  }
  if (collector.http_get->port.empty() || collector.http_get->port == "0") {
    collector.http_get->port = kMetricsPort;
  }
}

void SetCollectorDefaults(MetricsCollectorSpec& collector) {
  if (collector.kind == CollectorKind::kUnset) {
    collector.kind = CollectorKind::kStdOut;
  }
  if (collector.kind == CollectorKind::kFile) {
    MetricsFormat& format = PathOf(collector, PathKind::kFile, kMetricsFile).format;
    if (format == MetricsFormat::kUnset) {
      format = MetricsFormat::kText;
    }
  } else if (collector.kind == CollectorKind::kTensorFlowEvent) {
    PathOf(collector, PathKind::kDirectory, kEventsFolder);
  } else if (collector.kind == CollectorKind::kPrometheusMetric) {
    SetHttpGetDefaults(collector);
  }
}

}  // namespace

void SetSearchDefaults(ExperimentSpec& spec) {
  for (ParameterSpec& parameter : spec.parameters) {
    if (parameter.feasible_space.distribution == Distribution::kUnset) {
      parameter.feasible_space.distribution = Distribution::kUniform;
    }
  }
  // Architectures need algorithms of their own, so the user has to name one.
  if (!spec.parameters.empty() && !spec.nas_config && !spec.algorithm) {
    spec.algorithm.emplace();
  }
  if (spec.algorithm && spec.algorithm->name.empty() && !spec.nas_config) {
    spec.algorithm->name = kAlgorithm;
  }
  if (spec.objective) {
    SetObjectiveDefaults(*spec.objective);
  }
}

void SetDefaults(ExperimentSpec& spec) {
  SetSearchDefaults(spec);
  if (!spec.parallel_trial_count) {
    spec.parallel_trial_count = kParallelTrialCount;
  }
  // Katib's default is Never, because its suggestion services keep the state that an experiment
  // needs to go on. Here that state is in the store.
  if (spec.resume_policy == ResumePolicy::kUnset) {
    spec.resume_policy = ResumePolicy::kLongRunning;
  }
  if (spec.trial_template) {
    SetTemplateDefaults(*spec.trial_template);
  }
  if (!spec.metrics_collector) {
    spec.metrics_collector.emplace();
  }
  SetCollectorDefaults(*spec.metrics_collector);
}

}  // namespace hone::controller
