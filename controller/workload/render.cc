#include "controller/workload/render.h"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "algorithms/catalogue.h"
#include "controller/workload/container_template.h"
#include "controller/workload/limits.h"
#include "controller/workload/manifest_template.h"
#include "controller/workload/primary_container.h"
#include "controller/workload/trial_values.h"

namespace hone::controller {
namespace {

using proto::Json;

FieldError Fault(FieldError::Type type, std::string field, std::string found, std::string message) {
  return {.type = type,
          .field = std::move(field),
          .found = std::move(found),
          .message = std::move(message)};
}

/// The workload object of the template; nothing if there is none that can be read.
std::optional<Json> ReadObject(const Experiment& experiment, FieldErrors& errors) {
  constexpr const char* kField = "spec.trialTemplate";
  if (!experiment.spec.trial_template) {
    errors.push_back(Fault(FieldError::Type::kRequired, kField, "", "must be given"));
    return std::nullopt;
  }
  const TrialTemplate& source = *experiment.spec.trial_template;
  if (source.trial_spec.empty()) {
    errors.push_back(Fault(FieldError::Type::kInvalid,
                           kField,
                           source.config_map ? source.config_map->name : "",
                           "a ConfigMap cannot be read without a cluster; write trialSpec"));
    return std::nullopt;
  }
  Result<Json> object = proto::ReadJson(source.trial_spec);
  if (!object || !object->is_object()) {
    errors.push_back(Fault(FieldError::Type::kInvalid,
                           kField,
                           "",
                           object ? "trialSpec must be an object" : object.error().message));
    return std::nullopt;
  }
  return std::move(*object);
}

FieldError NoPrimaryContainer(const std::string& wanted, const std::set<std::string>& names) {
  constexpr std::size_t kNamesShownMax = 20;
  std::string message = "trialSpec has no containers";
  const char* separator = "must be one of trialSpec's containers: ";
  std::size_t shown = 0;
  for (const std::string& name : names) {
    if (++shown > kNamesShownMax) {
      message += ", ...";
      break;
    }
    message = (shown == 1 ? "" : message) + separator + name;
    separator = ", ";
  }
  return Fault(wanted.empty() ? FieldError::Type::kRequired : FieldError::Type::kInvalid,
               "spec.trialTemplate.primaryContainerName",
               wanted,
               std::move(message));
}

MetricSource ReadMetricSource(const ExperimentSpec& spec) {
  MetricSource source;
  if (spec.objective) {
    source.metrics.push_back(spec.objective->metric_name);
    const auto& additional = spec.objective->additional_metric_names;
    source.metrics.insert(source.metrics.end(), additional.begin(), additional.end());
  }
  if (!spec.metrics_collector) {
    return source;
  }
  const MetricsCollectorSpec& collector = *spec.metrics_collector;
  if (collector.kind != CollectorKind::kUnset) {
    source.kind = collector.kind;
  }
  source.filters = collector.metrics_format.value_or(std::vector<std::string>{});
  if (collector.file_system_path) {
    source.path = collector.file_system_path->path;
    if (collector.file_system_path->format != MetricsFormat::kUnset) {
      source.format = collector.file_system_path->format;
    }
  }
  return source;
}

/// Nothing if the algorithm lets no trial go on from another.
std::optional<Checkpoint> ReadCheckpoint(const ExperimentSpec& spec) {
  const algorithms::Algorithm* const algorithm =
      spec.algorithm ? algorithms::Find(spec.algorithm->name) : nullptr;
  if (algorithm == nullptr || !algorithm->has_parents) {
    return std::nullopt;
  }
  // Katib's name for the folder in which its pbt mounts checkpoints.
  const std::string* const folder =
      algorithms::FindSetting(spec.algorithm->settings, "suggestion_trial_dir");
  return Checkpoint{.parent_trial = "", .mount_path = folder == nullptr ? "" : *folder};
}

class RenderedTemplate final : public WorkloadTemplate {
 public:
  RenderedTemplate(TrialValues values,
                   ContainerTemplate container,
                   TextTemplate manifest,
                   Workload constant)
      : values_(std::move(values)),
        container_(std::move(container)),
        manifest_(std::move(manifest)),
        constant_(std::move(constant)) {}

  [[nodiscard]] Result<Workload> Render(const Trial& trial) const override {
    HONE_ASSIGN_OR_RETURN(const std::vector<std::string> values, values_.Of(trial));
    Workload workload = constant_;
    workload.id = trial.attempt_id();
    workload.trial_name = trial.name();
    workload.manifest = RenderManifest(values);
    if (workload.checkpoint && trial.parent != 0) {
      workload.checkpoint->parent_trial =
          Trial{.experiment = trial.experiment, .ordinal = trial.parent}.name();
    }
    workload.command.reserve(container_.command.size());
    for (const TextTemplate& word : container_.command) {
      workload.command.push_back(word.Fill(values));
    }
    workload.environment.reserve(container_.environment.size());
    for (const auto& [name, value] : container_.environment) {
      workload.environment.emplace_back(name, value.Fill(values));
    }
    workload.working_directory = container_.working_directory.Fill(values);
    for (const auto& [path, volume] : container_.empty_dirs) {
      workload.empty_dirs[path.Fill(values)] = volume;
    }
    const std::string gpus = container_.gpus.Fill(values);
    const auto count = gpus.empty() ? 0 : ReadCount(gpus);
    if (!count) {
      return Fail(Code::kInvalidArgument,
                  "rendering trial " + trial.name() + ": nvidia.com/gpu is \"" + gpus + "\", " +
                      kCountRule);
    }
    workload.gpus = *count;
    return workload;
  }

 private:
  [[nodiscard]] std::string RenderManifest(std::vector<std::string> values) const {
    for (std::string& value : values) {
      value = EscapeJson(value);
    }
    return manifest_.Fill(values);
  }

  TrialValues values_;
  ContainerTemplate container_;
  TextTemplate manifest_;
  /// What is the same for all trials.
  Workload constant_;
};

}  // namespace

std::unique_ptr<WorkloadTemplate> WorkloadTemplate::Make(const Experiment& experiment,
                                                         FieldErrors& errors) {
  const std::size_t known_errors = errors.size();
  const std::optional<Json> object = ReadObject(experiment, errors);
  if (!object) {
    return nullptr;
  }
  const TrialTemplate& source = *experiment.spec.trial_template;
  TrialValues values(source, *object, errors);
  const ContainerSearch found =
      FindPrimary(*object, source.primary_container_name, source.primary_pod_labels);
  if (!found.primary) {
    errors.push_back(NoPrimaryContainer(source.primary_container_name, found.names));
    return nullptr;
  }
  ContainerTemplate container = ReadContainer(*found.primary, *object, values.names(), errors);
  Workload constant;
  ReadLimits(*object, *found.primary, constant, errors);
  constant.metric_source = ReadMetricSource(experiment.spec);
  constant.checkpoint = ReadCheckpoint(experiment.spec);
  constant.retain = source.retain;
  if (errors.size() != known_errors) {
    return nullptr;
  }
  TextTemplate manifest = MakeManifest(*object, values.names());
  return std::make_unique<RenderedTemplate>(
      std::move(values), std::move(container), std::move(manifest), std::move(constant));
}

}  // namespace hone::controller
