#include <charconv>
#include <cmath>

#include "proto/model/experiment.h"
#include "proto/model/observation.h"
#include "proto/wire/api.h"
#include "proto/wire/labels.h"
#include "proto/wire/words.h"

namespace hone::proto {
namespace {

ParameterSpec ReadParameter(const api::ParameterSpec& message) {
  const api::FeasibleSpace& space = message.feasible_space();
  ParameterSpec spec;
  spec.name = message.name();
  spec.type = FromWire(kParameterTypes, message.parameter_type(), ParameterType::kUnknown);
  spec.feasible_space = {space.min(),
                         space.max(),
                         space.step(),
                         {space.list().begin(), space.list().end()},
                         FromWire(kDistributions, space.distribution(), Distribution::kUnknown)};
  const std::optional<double> step = ParseNumber(space.step());
  if (spec.type == ParameterType::kInt && step && std::trunc(*step) != *step) {
    spec.feasible_space.step.clear();
  }
  return spec;
}

Objective ReadObjective(const api::ObjectiveSpec& message) {
  Objective objective;
  objective.type = FromWire(kObjectiveTypes, message.type(), ObjectiveType::kUnset);
  objective.metric_name = message.objective_metric_name();
  objective.additional_metric_names.assign(message.additional_metric_names().begin(),
                                           message.additional_metric_names().end());
  return objective;
}

NasConfig ReadNasConfig(const api::NasConfig& message) {
  const api::GraphConfig& graph = message.graph_config();
  NasConfig nas;
  nas.num_layers = graph.num_layers();
  nas.input_sizes.assign(graph.input_sizes().begin(), graph.input_sizes().end());
  nas.output_sizes.assign(graph.output_sizes().begin(), graph.output_sizes().end());
  for (const api::Operation& one : message.operations().operation()) {
    Operation& operation = nas.operations.emplace_back();
    operation.type = one.operation_type();
    for (const api::ParameterSpec& parameter : one.parameter_specs().parameters()) {
      operation.parameters.push_back(ReadParameter(parameter));
    }
  }
  return nas;
}

/// An absent count is sent as 0.
std::optional<std::int32_t> ReadCount(std::int32_t count) {
  return count == 0 ? std::nullopt : std::optional(count);
}

template <typename Message>
AlgorithmSpec ReadNameAndSettings(const Message& message) {
  AlgorithmSpec algorithm;
  algorithm.name = message.algorithm_name();
  for (const auto& setting : message.algorithm_settings()) {
    algorithm.settings.push_back({setting.name(), setting.value()});
  }
  return algorithm;
}

std::uint64_t ReadOrdinal(const api::TrialSpec& spec, const char* label) {
  const auto found = spec.labels().find(label);
  if (found == spec.labels().end()) {
    return 0;
  }
  std::uint64_t ordinal = 0;
  const std::string& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ordinal);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  return is_whole && ordinal <= kOrdinalMax ? ordinal : 0;
}

}  // namespace

AlgorithmSpec ReadAlgorithm(const api::AlgorithmSpec& message) {
  return ReadNameAndSettings(message);
}

AlgorithmSpec ReadAlgorithm(const api::EarlyStoppingSpec& message) {
  return ReadNameAndSettings(message);
}

Experiment ReadExperiment(const api::Experiment& message) {
  const api::ExperimentSpec& from = message.spec();
  Experiment experiment;
  experiment.key.name = message.name();
  ExperimentSpec& spec = experiment.spec;
  for (const api::ParameterSpec& parameter : from.parameter_specs().parameters()) {
    spec.parameters.push_back(ReadParameter(parameter));
  }
  spec.objective = ReadObjective(from.objective());
  spec.algorithm = ReadAlgorithm(from.algorithm());
  if (from.has_early_stopping()) {
    spec.early_stopping = ReadAlgorithm(from.early_stopping());
  }
  spec.parallel_trial_count = ReadCount(from.parallel_trial_count());
  spec.max_trial_count = ReadCount(from.max_trial_count());
  if (from.has_nas_config()) {
    spec.nas_config = ReadNasConfig(from.nas_config());
  }
  return experiment;
}

NamedTrial ReadTrial(const api::Trial& message, const std::string& metric) {
  NamedTrial named;
  named.name = message.name();
  named.start_time = message.status().start_time();
  named.ordinal = ReadOrdinal(message.spec(), kOrdinalLabel);
  Trial& trial = named.trial;
  trial.parent = ReadOrdinal(message.spec(), kParentLabel);
  trial.state = FromWire(kTrialStates, message.status().condition(), TrialState::kRunning);
  for (const auto& assignment : message.spec().parameter_assignments().assignments()) {
    trial.assignments.push_back({assignment.name(), assignment.value()});
  }
  const std::string& own = message.spec().objective().objective_metric_name();
  for (const api::Metric& one : message.status().observation().metrics()) {
    if (one.name() == (own.empty() ? metric : own)) {
      trial.metrics.push_back({metric, one.value(), one.value(), one.value()});
      break;
    }
  }
  return named;
}

}  // namespace hone::proto
