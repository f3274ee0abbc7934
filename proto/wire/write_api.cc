#include "proto/model/experiment.h"
#include "proto/model/observation.h"
#include "proto/wire/api.h"
#include "proto/wire/labels.h"
#include "proto/wire/words.h"

namespace hone::proto {
namespace {

/// True for a text that Kubernetes accepts as the value of a label.
bool IsLabelValue(const std::string& text) {
  const auto is_alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  if (text.empty() || text.size() > 63 || !is_alphanumeric(text.front()) ||
      !is_alphanumeric(text.back())) {
    return false;
  }
  for (const char c : text) {
    if (!is_alphanumeric(c) && c != '-' && c != '_' && c != '.') {
      return false;
    }
  }
  return true;
}

void WriteParameter(const ParameterSpec& spec, api::ParameterSpec& message) {
  message.set_name(spec.name);
  message.set_parameter_type(ToWire(kParameterTypes, spec.type, api::UNKNOWN_TYPE));
  api::FeasibleSpace& space = *message.mutable_feasible_space();
  space.set_min(spec.feasible_space.min);
  space.set_max(spec.feasible_space.max);
  space.set_step(spec.feasible_space.step);
  for (const std::string& value : spec.feasible_space.list) {
    space.add_list(value);
  }
  space.set_distribution(
      ToWire(kDistributions, spec.feasible_space.distribution, api::DISTRIBUTION_UNSPECIFIED));
}

void WriteObjective(const Objective& objective, api::ObjectiveSpec& message) {
  message.set_type(ToWire(kObjectiveTypes, objective.type, api::UNKNOWN));
  message.set_goal(objective.goal.value_or(0));
  message.set_objective_metric_name(objective.metric_name);
  for (const std::string& name : objective.additional_metric_names) {
    message.add_additional_metric_names(name);
  }
}

void WriteNasConfig(const NasConfig& nas, api::NasConfig& message) {
  api::GraphConfig& graph = *message.mutable_graph_config();
  graph.set_num_layers(nas.num_layers.value_or(0));
  graph.mutable_input_sizes()->Assign(nas.input_sizes.begin(), nas.input_sizes.end());
  graph.mutable_output_sizes()->Assign(nas.output_sizes.begin(), nas.output_sizes.end());
  for (const Operation& one : nas.operations) {
    api::Operation& operation = *message.mutable_operations()->add_operation();
    operation.set_operation_type(one.type);
    for (const ParameterSpec& parameter : one.parameters) {
      WriteParameter(parameter, *operation.mutable_parameter_specs()->add_parameters());
    }
  }
}

}  // namespace

void WriteSuggestion(const Suggestion& suggestion,
                     std::uint64_t ordinal,
                     api::GetSuggestionsReply_ParameterAssignments& message) {
  for (const Assignment& assignment : suggestion.assignments) {
    api::ParameterAssignment& one = *message.add_assignments();
    one.set_name(assignment.name);
    one.set_value(assignment.value);
  }
  auto& labels = *message.mutable_labels();
  for (const auto& [name, value] : suggestion.labels) {
    if (IsLabelValue(value)) {
      labels[name] = value;
    }
  }
  labels[kOrdinalLabel] = std::to_string(ordinal);
  if (suggestion.parent != 0) {
    labels[kParentLabel] = std::to_string(suggestion.parent);
  }
}

void WriteExperiment(const Experiment& experiment, api::Experiment& message) {
  const ExperimentSpec& spec = experiment.spec;
  message.set_name(experiment.key.name);
  api::ExperimentSpec& to = *message.mutable_spec();
  for (const ParameterSpec& parameter : spec.parameters) {
    WriteParameter(parameter, *to.mutable_parameter_specs()->add_parameters());
  }
  if (spec.objective) {
    WriteObjective(*spec.objective, *to.mutable_objective());
  }
  if (spec.algorithm) {
    to.mutable_algorithm()->set_algorithm_name(spec.algorithm->name);
    for (const Setting& setting : spec.algorithm->settings) {
      api::AlgorithmSetting& one = *to.mutable_algorithm()->add_algorithm_settings();
      one.set_name(setting.name);
      one.set_value(setting.value);
    }
  }
  to.set_parallel_trial_count(spec.parallel_trial_count.value_or(0));
  to.set_max_trial_count(spec.max_trial_count.value_or(0));
  if (spec.nas_config) {
    WriteNasConfig(*spec.nas_config, *to.mutable_nas_config());
  }
}

void WriteTrial(const Experiment& experiment, const Trial& trial, api::Trial& message) {
  message.set_name(trial.name());
  api::TrialSpec& spec = *message.mutable_spec();
  for (const Assignment& assignment : trial.assignments) {
    api::ParameterAssignment& one = *spec.mutable_parameter_assignments()->add_assignments();
    one.set_name(assignment.name);
    one.set_value(assignment.value);
  }
  spec.mutable_labels()->insert(trial.labels.begin(), trial.labels.end());
  api::TrialStatus& status = *message.mutable_status();
  status.set_condition(ToWire(kTrialStates, trial.state, api::TrialStatus::UNKNOWN));
  status.set_start_time(FormatTime(trial.started));
  status.set_completion_time(FormatTime(trial.completed));
  if (!experiment.spec.objective) {
    return;
  }
  const Objective& objective = *experiment.spec.objective;
  WriteObjective(objective, *spec.mutable_objective());
  for (const MetricSummary& metric : trial.metrics) {
    const std::optional<double> value = metric.Value(objective.StrategyOf(metric.name));
    api::Metric& one = *status.mutable_observation()->add_metrics();
    one.set_name(metric.name);
    one.set_value(value ? FormatNumber(*value) : metric.latest);
  }
}

}  // namespace hone::proto
