// Manifests: converts the kinds of kubeflow.org/v1beta1 between trees and the types of proto/model.
// Missing fields are accepted; a wrong type or an unknown word is a FieldError at its path, and an
// unknown field a warning with the nearest known name. Pure.
#pragma once

#include <span>

#include "proto/convert/document.h"
#include "proto/model/condition.h"
#include "proto/model/experiment_spec.h"
#include "proto/model/field_error.h"
#include "proto/model/trial.h"

namespace hone {
struct Experiment;
}

namespace hone::proto {

/// Reads kind Experiment. All faults go to `errors`; the fields that could be read are returned in
/// any case. Where a text is wanted and a number stands, the text is the number as spelled in
/// `written`, the file.
Experiment ReadExperiment(const Json& tree,
                          FieldErrors& errors,
                          const WrittenScalars& written = {});

/// Only the spec, from and to its tree, as the store keeps it. ReadSpec reads what WriteSpec wrote.
Result<ExperimentSpec> ReadSpec(const Json& tree);
Json WriteSpec(const ExperimentSpec& spec);

/// Status conditions, from and to their tree, as the store keeps them.
Result<std::vector<Condition>> ReadConditions(const Json& tree);
Json WriteConditions(const std::vector<Condition>& conditions);

/// Metric summaries, from and to [{name, min, max, latest}].
Result<std::vector<MetricSummary>> ReadMetrics(const Json& tree);
Json WriteMetrics(const std::vector<MetricSummary>& metrics);

/// Assignments, from and to [{name, value}].
Result<Assignments> ReadAssignments(const Json& tree);
Json WriteAssignments(const Assignments& assignments);

/// The whole kinds. `trials` are used for an experiment's name lists and currentOptimalTrial.
Json WriteExperiment(const Experiment& experiment, std::span<const Trial> trials);
Json WriteTrial(const Experiment& experiment, const Trial& trial);
Json WriteSuggestion(const Experiment& experiment, std::span<const Trial> trials);

/// A condition of a trial as Katib shows it (type, reason).
std::string_view TrialReason(TrialState state);

}  // namespace hone::proto
