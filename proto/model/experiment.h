// Experiment: what is wanted (spec) and how far it has come (status). Kind `Experiment` of
// kubeflow.org/v1beta1, field for field; what Hone adds is marked [hone]. A plain value without
// invariants of its own: what a user wrote may be wrong, and controller/admission says how.
// An Experiment never holds its trials.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "proto/core/time.h"

namespace hone {

/// The name of an experiment in the world.
struct ExperimentKey {
  std::string ns = "default";
  std::string name;
  auto operator<=>(const ExperimentKey&) const = default;
  /// "namespace/name"
  [[nodiscard]] std::string ToString() const { return ns + "/" + name; }
};

enum class ParameterType { kUnset, kDouble, kInt, kDiscrete, kCategorical, kUnknown };
enum class Distribution { kUnset, kUniform, kLogUniform, kNormal, kLogNormal, kUnknown };

/// Bounds are text, as in Katib: "0.01" keeps its digits. SearchSpace::Make reads them.
struct FeasibleSpace {
  std::string min;
  std::string max;
  std::string step;
  std::vector<std::string> list;
  Distribution distribution = Distribution::kUnset;
  bool operator==(const FeasibleSpace&) const = default;
};

/// [hone] A parameter lives only in trials in which another one has one of these values.
struct ActiveWhen {
  std::string parent;
  std::vector<std::string> values;
  bool operator==(const ActiveWhen&) const = default;
};

struct ParameterSpec {
  std::string name;
  ParameterType type = ParameterType::kUnset;
  FeasibleSpace feasible_space;
  std::optional<ActiveWhen> active_when;
  bool operator==(const ParameterSpec&) const = default;
};

enum class ObjectiveType { kUnset, kMinimize, kMaximize };
/// Which value of a metric's history stands for it.
enum class MetricStrategy { kUnset, kMin, kMax, kLatest };

struct NamedStrategy {
  std::string name;
  MetricStrategy strategy = MetricStrategy::kUnset;
  bool operator==(const NamedStrategy&) const = default;
};

struct Objective {
  ObjectiveType type = ObjectiveType::kUnset;
  std::optional<double> goal;
  std::string metric_name;
  std::vector<std::string> additional_metric_names;
  std::vector<NamedStrategy> metric_strategies;
  bool operator==(const Objective&) const = default;

  /// The strategy of `metric` (kLatest if none is named). After defaulting every metric has one.
  [[nodiscard]] MetricStrategy StrategyOf(const std::string& metric) const;
  /// The metric that decides, then the additional ones.
  [[nodiscard]] std::vector<std::string> MetricNames() const;
};

struct Setting {
  std::string name;
  std::string value;
  bool operator==(const Setting&) const = default;
};

/// A search algorithm or an early-stopping rule, by its name in the catalogue.
struct AlgorithmSpec {
  std::string name;
  std::vector<Setting> settings;
  bool operator==(const AlgorithmSpec&) const = default;
};

enum class ResumePolicy { kUnset, kNever, kLongRunning, kFromVolume };

enum class CollectorKind {
  kUnset,
  kStdOut,
  kFile,
  kTensorFlowEvent,
  kPrometheusMetric,
  kCustom,
  kPush,
};
enum class PathKind { kUnset, kFile, kDirectory, kInvalid };
/// How metrics look in lines: kText and kJson are Katib's, the others are what frameworks print.
enum class MetricsFormat {
  kUnset,
  kText,
  kJson,
  kKeras,
  kLightning,
  kHuggingFace,
  kXgboost,
  kLightgbm,
  kTqdm,
  kLogfmt,
};

struct MetricsCollectorSpec {
  CollectorKind kind = CollectorKind::kUnset;
  /// Canonical JSON of a core/v1 Container; empty if absent.
  std::string custom_collector;
  struct HttpGet {
    std::string path;
    std::string port;
    std::string host;
    std::string scheme;
    bool operator==(const HttpGet&) const = default;
  };
  std::optional<HttpGet> http_get;
  struct FileSystemPath {
    std::string path;
    PathKind kind = PathKind::kUnset;
    MetricsFormat format = MetricsFormat::kUnset;
    bool operator==(const FileSystemPath&) const = default;
  };
  std::optional<FileSystemPath> file_system_path;
  /// RE2 expressions with two groups, name and value; empty means the default filter.
  std::optional<std::vector<std::string>> metrics_format;
  bool operator==(const MetricsCollectorSpec&) const = default;
};

struct Operation {
  std::string type;
  std::vector<ParameterSpec> parameters;
  bool operator==(const Operation&) const = default;
};

struct NasConfig {
  std::optional<std::int32_t> num_layers;
  std::vector<std::int32_t> input_sizes;
  std::vector<std::int32_t> output_sizes;
  std::vector<Operation> operations;
  bool operator==(const NasConfig&) const = default;
};

struct TrialParameter {
  std::string name;
  std::string description;
  /// A parameter's name, or "${trialSpec.Name}" and its kin.
  std::string reference;
  bool operator==(const TrialParameter&) const = default;
};

struct ConfigMapSource {
  std::string name;
  std::string ns;
  std::string template_path;
  bool operator==(const ConfigMapSource&) const = default;
};

struct TrialTemplate {
  bool retain = false;
  /// Canonical JSON of the workload object; empty if absent. Text, so that the words stay free of
  /// a JSON library; controller/workload parses it once an experiment.
  std::string trial_spec;
  std::optional<ConfigMapSource> config_map;
  /// Absent and empty differ: absent is an error (katib rule 18).
  std::optional<std::vector<TrialParameter>> trial_parameters;
  std::map<std::string, std::string> primary_pod_labels;
  std::string primary_container_name;
  std::string success_condition;
  std::string failure_condition;
  bool operator==(const TrialTemplate&) const = default;
};

struct ExperimentSpec {
  std::vector<ParameterSpec> parameters;
  std::optional<Objective> objective;
  std::optional<AlgorithmSpec> algorithm;
  std::optional<AlgorithmSpec> early_stopping;
  std::optional<std::int32_t> parallel_trial_count;
  std::optional<std::int32_t> max_trial_count;
  std::optional<std::int32_t> max_failed_trial_count;
  /// [hone] The experiment ends when its trials have run for so long; see status.running_time.
  std::optional<std::int32_t> max_duration_seconds;
  ResumePolicy resume_policy = ResumePolicy::kUnset;
  std::optional<MetricsCollectorSpec> metrics_collector;
  std::optional<NasConfig> nas_config;
  std::optional<TrialTemplate> trial_template;
  /// [hone] Wanted: no trial runs. `hone stop` sets it, `hone resume` clears it.
  bool suspend = false;
  bool operator==(const ExperimentSpec&) const = default;
};

enum class ConditionType { kCreated, kRunning, kRestarting, kSuspended, kSucceeded, kFailed };

struct Condition {
  ConditionType type = ConditionType::kCreated;
  bool status = true;
  std::string reason;
  std::string message;
  Time last_update;
  Time last_transition;
  bool operator==(const Condition&) const = default;
};

/// How many trials stand where. `created` counts all of them.
struct TrialCounts {
  std::int64_t created = 0;
  std::int64_t pending = 0;
  std::int64_t running = 0;
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
  std::int64_t killed = 0;
  std::int64_t early_stopped = 0;
  std::int64_t metrics_unavailable = 0;
  bool operator==(const TrialCounts&) const = default;

  [[nodiscard]] std::int64_t Active() const { return pending + running; }
  /// Trials in a terminal state.
  [[nodiscard]] std::int64_t Completed() const {
    return succeeded + failed + killed + early_stopped + metrics_unavailable;
  }
  /// What maxFailedTrialCount bounds.
  [[nodiscard]] std::int64_t Failures() const { return failed + metrics_unavailable; }
};

/// The best trial so far; its assignments and metrics are read from the trial itself.
struct OptimalTrial {
  std::uint64_t ordinal = 0;
  double value = 0;
  bool operator==(const OptimalTrial&) const = default;
};

struct ExperimentStatus {
  Time start_time;
  Time completion_time;
  /// In the order in which they were appended: the last one is what users see.
  std::vector<Condition> conditions;
  TrialCounts counts;
  std::optional<OptimalTrial> optimal;
  /// [hone] How long at least one of its trials ran. It rests while nothing runs.
  Duration running_time{0};
  bool operator==(const ExperimentStatus&) const = default;

  /// Katib's rule: nothing changes if status and reason are the same; otherwise the old entry of
  /// the type goes and the new one is appended; last_transition stays if only the reason changed.
  /// Returns whether anything changed.
  bool SetCondition(Condition condition);
  [[nodiscard]] const Condition* Find(ConditionType type) const;
  [[nodiscard]] bool Is(ConditionType type) const;
  [[nodiscard]] bool IsCompleted() const {
    return Is(ConditionType::kSucceeded) || Is(ConditionType::kFailed);
  }
};

struct Experiment {
  ExperimentKey key;
  std::string uid;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  Time created;
  /// Changes of spec, counted from 1.
  std::int64_t generation = 1;
  /// Every stored change, counted from 1: the guard of optimistic updates.
  std::int64_t version = 0;
  ExperimentSpec spec;
  ExperimentStatus status;
  bool operator==(const Experiment&) const = default;

  /// [hone] Without a template: its clients ask for trials and tell what became of them.
  [[nodiscard]] bool IsStudy() const { return !spec.trial_template; }
};

/// The words of the wire, both ways. FromText gives nothing for a word that is not one of them.
std::string_view ToText(ParameterType value);
std::string_view ToText(Distribution value);
std::string_view ToText(ObjectiveType value);
std::string_view ToText(MetricStrategy value);
std::string_view ToText(ResumePolicy value);
std::string_view ToText(CollectorKind value);
std::string_view ToText(PathKind value);
std::string_view ToText(MetricsFormat value);
std::string_view ToText(ConditionType value);
template <typename Enum>
std::optional<Enum> FromText(std::string_view text);
/// All words of an enumeration except that of "unset".
template <typename Enum>
std::vector<std::string> WordsOf();

}  // namespace hone
