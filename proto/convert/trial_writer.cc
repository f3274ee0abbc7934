// Writes the kinds Trial and Suggestion, in the shape that Katib's tools expect.
#include <utility>

#include "proto/convert/field_writer.h"
#include "proto/convert/manifest.h"
#include "proto/model/experiment.h"

namespace hone::proto {
namespace {

constexpr const char* kApiVersion = "kubeflow.org/v1beta1";

Json WriteOwner(const Experiment& experiment) {
  return Json::array({{{"apiVersion", kApiVersion},
                       {"kind", "Experiment"},
                       {"name", experiment.key.name},
                       {"uid", experiment.uid},
                       {"controller", true},
                       {"blockOwnerDeletion", true}}});
}

Json StateCondition(std::string_view type,
                    bool status,
                    std::string reason,
                    std::string message,
                    Time time) {
  Condition condition;
  condition.status = status;
  condition.reason = std::move(reason);
  condition.message = std::move(message);
  condition.last_update = time;
  condition.last_transition = time;
  return WriteCondition(type, condition);
}

// The reason why a trial ended, as Katib writes it: the trial's reason, then the workload's.
std::string EndReason(const Trial& trial) {
  std::string reason(TrialReason(trial.state));
  if (!trial.reason.empty() && trial.reason != reason) {
    reason += ". Job reason: " + trial.reason;
  }
  return reason;
}

std::string EndMessage(const Trial& trial) {
  return trial.message.empty() ? "trial has ended as " + std::string(ToText(trial.state))
                               : trial.message;
}

// The conditions of a trial, which follow from its state and times.
Json WriteTrialConditions(const Trial& trial) {
  Json conditions = Json::array();
  conditions.push_back(StateCondition("Created",
                                      true,
                                      std::string(TrialReason(TrialState::kCreated)),
                                      "trial is created",
                                      trial.created));
  if (trial.started != Time()) {
    const bool is_running = trial.state == TrialState::kRunning;
    const Time changed = IsTerminal(trial.state) ? trial.completed : trial.started;
    conditions.push_back(StateCondition("Running",
                                        is_running,
                                        std::string(TrialReason(TrialState::kRunning)),
                                        is_running ? "trial is running" : "trial does not run",
                                        changed));
  }
  if (IsTerminal(trial.state)) {
    conditions.push_back(StateCondition(
        ToText(trial.state), true, EndReason(trial), EndMessage(trial), trial.completed));
  }
  return conditions;
}

Json WriteTrialSpec(const ExperimentSpec& spec, const Trial& trial) {
  Json object = Json::object();
  if (spec.objective) {
    object["objective"] = WriteObjective(*spec.objective);
  }
  PutNonEmpty(object, "parameterAssignments", WriteAssignments(trial.assignments));
  if (spec.metrics_collector) {
    object["metricsCollector"] = WriteMetricsCollector(*spec.metrics_collector);
  }
  if (spec.trial_template) {
    const TrialTemplate& source = *spec.trial_template;
    if (source.retain) {
      object["retainRun"] = true;
    }
    PutNonEmpty(object, "primaryPodLabels", source.primary_pod_labels);
    PutText(object, "primaryContainerName", source.primary_container_name);
    PutText(object, "successCondition", source.success_condition);
    PutText(object, "failureCondition", source.failure_condition);
  }
  return object;
}

Json WriteTrialStatus(const Trial& trial) {
  Json object = Json::object();
  PutTime(object, "startTime", trial.started);
  PutTime(object, "completionTime", trial.completed);
  object["conditions"] = WriteTrialConditions(trial);
  if (!trial.metrics.empty()) {
    object["observation"] = {{"metrics", WriteMetrics(trial.metrics)}};
  }
  return object;
}

// The conditions of kind Suggestion, which exists as long as its experiment.
Json WriteSuggestionConditions(const Experiment& experiment) {
  const Time created = experiment.created;
  const Time completed = experiment.status.completion_time;
  const bool has_failed = experiment.status.Is(ConditionType::kFailed);
  const bool has_ended = experiment.status.IsCompleted();
  Json conditions = Json::array();
  conditions.push_back(
      StateCondition("Created", true, "SuggestionCreated", "suggestion is created", created));
  conditions.push_back(
      StateCondition("Running",
                     !has_ended,
                     "SuggestionRunning",
                     has_ended ? "suggestion does not run" : "suggestion is running",
                     has_ended ? completed : created));
  if (has_ended) {
    conditions.push_back(StateCondition(has_failed ? "Failed" : "Succeeded",
                                        true,
                                        has_failed ? "SuggestionFailed" : "Suggestion is succeeded",
                                        "experiment has ended",
                                        completed));
  }
  return conditions;
}

}  // namespace

std::string_view TrialReason(TrialState state) {
  switch (state) {
    case TrialState::kCreated:
      return "TrialCreated";
    case TrialState::kRunning:
      return "TrialRunning";
    case TrialState::kSucceeded:
      return "TrialSucceeded";
    case TrialState::kFailed:
      return "TrialFailed";
    case TrialState::kKilled:
      return "TrialKilled";
    case TrialState::kEarlyStopped:
      return "TrialEarlyStopped";
    case TrialState::kMetricsUnavailable:
      return "MetricsUnavailable";
  }
  return "";
}

Json WriteTrial(const Experiment& experiment, const Trial& trial) {
  Json metadata = WriteMetadata(experiment, trial.name());
  for (const auto& [name, value] : trial.labels) {
    metadata["labels"][name] = value;
  }
  if (trial.parent != 0) {
    metadata["labels"]["hone.dev/parent"] =
        Trial{.experiment = trial.experiment, .ordinal = trial.parent}.name();
  }
  metadata["labels"]["katib.kubeflow.org/experiment"] = experiment.key.name;
  metadata["ownerReferences"] = WriteOwner(experiment);
  PutTime(metadata, "creationTimestamp", trial.created);
  if (trial.version > 0) {
    metadata["resourceVersion"] = std::to_string(trial.version);
  }
  return {{"apiVersion", kApiVersion},
          {"kind", "Trial"},
          {"metadata", std::move(metadata)},
          {"spec", WriteTrialSpec(experiment.spec, trial)},
          {"status", WriteTrialStatus(trial)}};
}

Json WriteSuggestion(const Experiment& experiment, std::span<const Trial> trials) {
  Json metadata = WriteMetadata(experiment, experiment.key.name);
  PutNonEmpty(metadata, "annotations", experiment.annotations);
  metadata["ownerReferences"] = WriteOwner(experiment);
  PutTime(metadata, "creationTimestamp", experiment.created);

  Json spec{{"requests", trials.size()}};
  if (experiment.spec.algorithm) {
    spec["algorithm"] = WriteAlgorithm(*experiment.spec.algorithm);
  }
  if (experiment.spec.early_stopping) {
    spec["earlyStopping"] = WriteAlgorithm(*experiment.spec.early_stopping);
  }
  PutText(spec, "resumePolicy", ToText(experiment.spec.resume_policy));

  Json status{{"suggestionCount", trials.size()}};
  PutTime(status, "startTime", experiment.status.start_time);
  PutTime(status, "completionTime", experiment.status.completion_time);
  status["conditions"] = WriteSuggestionConditions(experiment);
  for (const Trial& trial : trials) {
    status["suggestions"].push_back(
        {{"name", trial.name()}, {"parameterAssignments", WriteAssignments(trial.assignments)}});
  }
  return {{"apiVersion", kApiVersion},
          {"kind", "Suggestion"},
          {"metadata", std::move(metadata)},
          {"spec", std::move(spec)},
          {"status", std::move(status)}};
}

}  // namespace hone::proto
