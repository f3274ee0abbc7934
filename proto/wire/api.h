// The messages of api.v1beta1 (Katib's services) <-> the words of proto/model. What a message lacks
// stays unset; what it has wrong is found where the words are read (SearchSpace::Make,
// CheckSettings). Pure functions.
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

/// Name and spec; the namespace is not sent. Katib's services take the step of an int as a hint:
/// one that is not whole is left out.
Experiment ReadExperiment(const api::v1::beta1::Experiment& message);
AlgorithmSpec ReadAlgorithm(const api::v1::beta1::AlgorithmSpec& message);
AlgorithmSpec ReadAlgorithm(const api::v1::beta1::EarlyStoppingSpec& message);

/// A trial of a request, in `trial` without its ordinal.
struct NamedTrial {
  std::string name;
  /// As text, RFC 3339; empty before the start.
  std::string start_time;
  /// What the service that suggested it called it: the label hone.dev/ordinal. 0 if that is
  /// missing or no positive number.
  std::uint64_t ordinal = 0;
  Trial trial;
};
/// The objective's value becomes that of `metric`. The metric that the trial itself names as its
/// objective goes first: experiments may come without a name.
NamedTrial ReadTrial(const api::v1::beta1::Trial& message, const std::string& metric);

/// A suggestion for the trial `ordinal`, with the labels by which it is known again.
void WriteSuggestion(const Suggestion& suggestion,
                     std::uint64_t ordinal,
                     api::v1::beta1::GetSuggestionsReply_ParameterAssignments& message);

/// The same experiment as a message, for services that are asked. Names only what they know.
void WriteExperiment(const Experiment& experiment, api::v1::beta1::Experiment& message);
void WriteTrial(const Experiment& experiment, const Trial& trial, api::v1::beta1::Trial& message);

}  // namespace hone::proto
