// TrialTemplate: the workload that each trial of an experiment runs, with holes for its parameters.
// A plain value: any thread may hold its own copy.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hone {

struct TrialParameter {
  std::string name;
  std::string description;
  /// A parameter's name, or "${trialSpec.Name}" and the like.
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
  /// Canonical JSON of the workload object; empty if absent. It is text, so that the model needs no
  /// JSON library; controller/workload parses it once for each experiment.
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

}  // namespace hone
