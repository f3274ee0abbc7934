// Conversion between the messages of api.v1beta1 (Katib's services) and the types of proto/model.
// Fields that a message lacks stay unset; wrong values are found later, where they are interpreted
// (SearchSpace::Make, CheckSettings). Pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "proto/model/algorithm_spec.h"
#include "proto/model/suggestion.h"
#include "proto/model/trial.h"

namespace api::v1::beta1 {
class AlgorithmSpec;
class EarlyStoppingSpec;
class Experiment;
class GetSuggestionsReply_ParameterAssignments;
class Trial;
}  // namespace api::v1::beta1

namespace hone {
struct Experiment;
}

namespace hone::proto {

/// Reads the name and the spec; the namespace is not sent. Katib's services take the step of an int
/// as a hint: a step that is not whole is ignored.
Experiment ReadExperiment(const api::v1::beta1::Experiment& message);
AlgorithmSpec ReadAlgorithm(const api::v1::beta1::AlgorithmSpec& message);
AlgorithmSpec ReadAlgorithm(const api::v1::beta1::EarlyStoppingSpec& message);

/// A trial of a request; `trial` has no ordinal.
struct NamedTrial {
  std::string name;
  /// RFC 3339 text; empty before the start.
  std::string start_time;
  /// The ordinal that the service gave to the trial's suggestion: the label hone.dev/ordinal. 0 if
  /// the label is missing or is not a positive number.
  std::uint64_t ordinal = 0;
  Trial trial;
};
/// The value of the trial's objective is stored under the name `metric`. If the trial names its own
/// objective metric, that one is read: the experiment may have been sent without its name.
NamedTrial ReadTrial(const api::v1::beta1::Trial& message, const std::string& metric);

/// Writes a suggestion for the trial `ordinal`, with the labels by which later requests identify
/// it.
void WriteSuggestion(const Suggestion& suggestion,
                     std::uint64_t ordinal,
                     api::v1::beta1::GetSuggestionsReply_ParameterAssignments& message);

/// Writes an experiment for the services that Hone asks. Uses only names that they know.
void WriteExperiment(const Experiment& experiment, api::v1::beta1::Experiment& message);
void WriteTrial(const Experiment& experiment, const Trial& trial, api::v1::beta1::Trial& message);

}  // namespace hone::proto
