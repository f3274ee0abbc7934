#include "controller/workload/render.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "algorithms/catalogue.h"
#include "controller/workload/container_template.h"
#include "controller/workload/limits.h"
#include "controller/workload/manifest_template.h"
#include "controller/workload/optional_parts.h"
#include "controller/workload/primary_container.h"
#include "controller/workload/trial_values.h"
#include "proto/model/experiment.h"

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
    source.metrics = spec.objective->MetricNames();
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

/// The parts of a workload that have holes.
struct Parts {
  ContainerTemplate container;
  TextTemplate manifest;
};

/// Nothing if there are errors.
std::optional<Parts> ReadParts(const Json& object,
                               const ContainerSite& primary,
                               const std::vector<std::string>& names,
                               FieldErrors& errors) {
  FieldErrors faults;
  ContainerTemplate container = ReadContainer(primary, object, names, faults);
  errors.insert(errors.end(), faults.begin(), faults.end());
  if (HasErrors(faults)) {
    return std::nullopt;
  }
  return Parts{std::move(container), MakeManifest(object, names)};
}

std::string RenderManifest(const TextTemplate& manifest, std::vector<std::string> values) {
  for (std::string& value : values) {
    value = EscapeJson(value);
  }
  return manifest.Fill(values);
}

/// Nothing if the algorithm's trials do not go on from others.
std::optional<Checkpoint> ReadCheckpoint(const ExperimentSpec& spec) {
  const algorithms::Algorithm* const algorithm =
      spec.algorithm ? algorithms::Find(spec.algorithm->name) : nullptr;
  if (algorithm == nullptr || !algorithm->has_parents) {
    return std::nullopt;
  }
  // Katib's name for the folder in which its pbt algorithm mounts checkpoints.
  const std::string* const folder =
      algorithms::FindSetting(spec.algorithm->settings, "suggestion_trial_dir");
  return Checkpoint{.parent_trial = "", .mount_path = folder == nullptr ? "" : *folder};
}

class RenderedTemplate final : public WorkloadTemplate {
 public:
  RenderedTemplate(TrialValues values,
                   Parts parts,
                   Workload constant,
                   Json object,
                   const TrialTemplate& source)
      : values_(std::move(values)),
        parts_(std::move(parts)),
        constant_(std::move(constant)),
        object_(std::move(object)),
        primary_(source.primary_container_name),
        labels_(source.primary_pod_labels) {}

  [[nodiscard]] Result<Workload> Render(const Trial& trial) const override {
    HONE_ASSIGN_OR_RETURN(const TrialValues::Filling filling, values_.Of(trial));
    if (filling.absent.empty()) {
      return Fill(parts_, trial, filling.values);
    }
    HONE_ASSIGN_OR_RETURN(const Parts parts, PartsWithout(filling.absent, trial));
    return Fill(parts, trial, filling.values);
  }

 private:
  /// The template without the parts that mention one of `absent`. It is read again for each such
  /// trial: the parameters that a trial has differ, and reading takes far less time than starting a
  /// process.
  [[nodiscard]] Result<Parts> PartsWithout(const std::vector<std::string>& absent,
                                           const Trial& trial) const {
    Json object = object_;
    LeaveOut(absent, object);
    FieldErrors errors;
    const ContainerSearch found = FindPrimary(object, primary_, labels_);
    std::optional<Parts> parts;
    if (found.primary) {
      parts = ReadParts(object, *found.primary, values_.names(), errors);
    } else {
      errors.push_back(NoPrimaryContainer(primary_, found.names));
    }
    if (!parts) {
      return Fail(Code::kInvalidArgument,
                  "rendering trial " + trial.name() + " without " + absent.front() + ": " +
                      errors.front().ToString());
    }
    return *std::move(parts);
  }

  [[nodiscard]] Result<Workload> Fill(const Parts& parts,
                                      const Trial& trial,
                                      const std::vector<std::string>& values) const {
    Workload workload = constant_;
    workload.id = trial.attempt_id();
    workload.trial_name = trial.name();
    workload.manifest = RenderManifest(parts.manifest, values);
    if (workload.checkpoint && trial.parent != 0) {
      workload.checkpoint->parent_trial =
          Trial{.experiment = trial.experiment, .ordinal = trial.parent}.name();
    }
    const ContainerTemplate& container = parts.container;
    workload.command.reserve(container.command.size());
    for (const TextTemplate& word : container.command) {
      workload.command.push_back(word.Fill(values));
    }
    workload.environment.reserve(container.environment.size());
    for (const auto& [name, value] : container.environment) {
      workload.environment.emplace_back(name, value.Fill(values));
    }
    workload.working_directory = container.working_directory.Fill(values);
    for (const auto& [path, volume] : container.empty_dirs) {
      const std::string name = volume.Fill(values);
      if (!IsVolumeName(name)) {
        return Fail(Code::kInvalidArgument,
                    "rendering trial " + trial.name() + ": the name of a volume is \"" + name +
                        "\", " + kVolumeNameRule);
      }
      workload.empty_dirs[path.Fill(values)] = name;
    }
    const std::string gpus = container.gpus.Fill(values);
    const auto count = gpus.empty() ? 0 : ReadCount(gpus);
    if (!count) {
      return Fail(Code::kInvalidArgument,
                  "rendering trial " + trial.name() + ": nvidia.com/gpu is \"" + gpus + "\", " +
                      kCountRule);
    }
    workload.gpus = *count;
    return workload;
  }

  TrialValues values_;
  Parts parts_;
  /// The fields that are the same for all trials.
  Workload constant_;
  /// The object from which trials that lack a parameter are rendered.
  Json object_;
  std::string primary_;
  std::map<std::string, std::string> labels_;
};

/// The result may be used only if `faults` contains no errors.
std::unique_ptr<WorkloadTemplate> MakeTemplate(const Experiment& experiment, FieldErrors& faults) {
  std::optional<Json> object = ReadObject(experiment, faults);
  if (!object) {
    return nullptr;
  }
  const TrialTemplate& source = *experiment.spec.trial_template;
  TrialValues values(experiment.spec, *object, faults);
  const ContainerSearch found =
      FindPrimary(*object, source.primary_container_name, source.primary_pod_labels);
  if (!found.primary) {
    faults.push_back(NoPrimaryContainer(source.primary_container_name, found.names));
    return nullptr;
  }
  std::optional<Parts> parts = ReadParts(*object, *found.primary, values.names(), faults);
  Workload constant;
  ReadLimits(*object, *found.primary, constant, faults);
  constant.experiment_uid = experiment.uid;
  constant.metric_source = ReadMetricSource(experiment.spec);
  constant.checkpoint = ReadCheckpoint(experiment.spec);
  constant.retain = source.retain;
  return parts ? std::make_unique<RenderedTemplate>(std::move(values),
                                                    *std::move(parts),
                                                    std::move(constant),
                                                    *std::move(object),
                                                    source)
               : nullptr;
}

}  // namespace

std::unique_ptr<WorkloadTemplate> WorkloadTemplate::Make(const Experiment& experiment,
                                                         FieldErrors& errors) {
  FieldErrors faults;
  std::unique_ptr<WorkloadTemplate> made = MakeTemplate(experiment, faults);
  const bool is_sound = !HasErrors(faults);
  errors.insert(errors.end(), faults.begin(), faults.end());
  return is_sound ? std::move(made) : nullptr;
}

}  // namespace hone::controller
