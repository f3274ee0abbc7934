#include "controller/workload/trial_values.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "controller/workload/optional_parts.h"
#include "controller/workload/tree.h"
#include "proto/model/experiment_spec.h"

namespace hone::controller {
namespace {

using proto::Json;

/// The text of a field; nothing if the object has none.
std::optional<std::string> FindText(const Json& object, const std::string& key) {
  const Json& value = At(object, key);
  return value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt;
}

/// The constant that `word` (Kind, APIVersion, Annotations[key], Labels[key]) refers to.
std::optional<std::string> ReadMetadata(std::string_view word, const Json& object) {
  if (word == "Kind") {
    return FindText(object, "kind");
  }
  if (word == "APIVersion") {
    return FindText(object, "apiVersion");
  }
  const std::size_t open = word.find('[');
  if (open == std::string_view::npos || word.back() != ']') {
    return std::nullopt;
  }
  const std::string key(word.substr(open + 1, word.size() - open - 2));
  const Json& metadata = At(object, "metadata");
  const std::string_view map = word.substr(0, open);
  if (map == "Annotations") {
    return FindText(At(metadata, "annotations"), key);
  }
  return map == "Labels" ? FindText(At(metadata, "labels"), key) : std::nullopt;
}

/// The name inside a placeholder.
std::string NameOf(std::string_view placeholder) {
  constexpr std::string_view kOpen = "${trialParameters.";
  return std::string(placeholder.substr(kOpen.size(), placeholder.size() - kOpen.size() - 1));
}

}  // namespace

TrialValues::TrialValues(const ExperimentSpec& spec, const Json& object, FieldErrors& errors) {
  const std::vector<std::string> conditional = ConditionalNames(spec);
  if (spec.trial_template->trial_parameters) {
    for (const TrialParameter& parameter : *spec.trial_template->trial_parameters) {
      const std::string field =
          "spec.trialTemplate.trialParameters[" + std::to_string(names_.size()) + "].reference";
      names_.push_back(parameter.name);
      sources_.push_back(ReadReference(parameter, object, field, errors));
      sources_.back().is_conditional =
          std::find(conditional.begin(), conditional.end(), parameter.name) != conditional.end();
    }
  }
  names_.push_back(NameOf(kTrialNamePlaceholder));
  sources_.push_back({.kind = Source::Kind::kTrialName, .text = ""});
  names_.push_back(NameOf(kTrialNamespacePlaceholder));
  sources_.push_back({.kind = Source::Kind::kTrialNamespace, .text = ""});
}

TrialValues::Source TrialValues::ReadReference(const TrialParameter& parameter,
                                               const Json& object,
                                               const std::string& field,
                                               FieldErrors& errors) {
  constexpr std::string_view kOpen = "${trialSpec.";
  const std::string_view reference = parameter.reference;
  if (reference.substr(0, kOpen.size()) != kOpen || reference.back() != '}') {
    return {.kind = Source::Kind::kAssignment, .text = parameter.reference};
  }
  const std::string_view word = reference.substr(kOpen.size(), reference.size() - kOpen.size() - 1);
  if (word == "Name") {
    return {.kind = Source::Kind::kTrialName, .text = ""};
  }
  if (word == "Namespace") {
    return {.kind = Source::Kind::kTrialNamespace, .text = ""};
  }
  const std::optional<std::string> constant = ReadMetadata(word, object);
  if (!constant) {
    errors.push_back({.type = FieldError::Type::kInvalid,
                      .field = field,
                      .found = parameter.reference,
                      .message = "must name what trialSpec has: Name, Namespace, Kind, APIVersion, "
                                 "or Annotations[key] or Labels[key] of its metadata"});
  }
  return {.kind = Source::Kind::kConstant, .text = constant.value_or("")};
}

Result<TrialValues::Filling> TrialValues::Of(const Trial& trial) const {
  Filling filling;
  filling.values.reserve(sources_.size());
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    Result<std::string> value = Read(sources_[i], trial);
    if (value) {
      filling.values.push_back(*std::move(value));
    } else if (sources_[i].is_conditional && value.error().code == Code::kNotFound) {
      filling.values.emplace_back();
      filling.absent.push_back(names_[i]);
    } else {
      return Fail(Code::kInvalidArgument,
                  "rendering trial " + trial.name() + ": " + value.error().message);
    }
  }
  return filling;
}

/// Error: kNotFound if the trial has no such assignment.
Result<std::string> TrialValues::Read(const Source& source, const Trial& trial) {
  switch (source.kind) {
    case Source::Kind::kConstant:
      return source.text;
    case Source::Kind::kTrialName:
      return trial.name();
    case Source::Kind::kTrialNamespace:
      return trial.experiment.ns;
    case Source::Kind::kAssignment:
      break;
  }
  const auto found = std::find_if(
      trial.assignments.begin(), trial.assignments.end(), [&source](const Assignment& assignment) {
        return assignment.name == source.text;
      });
  if (found == trial.assignments.end()) {
    return Fail(Code::kNotFound,
                "parameter " + source.text + ", which the template needs, has no assignment");
  }
  if (found->value.find('\0') != std::string::npos) {
    return Fail(Code::kInvalidArgument,
                "the value of parameter " + source.text +
                    " has a NUL byte, which no command line can hold");
  }
  return found->value;
}

}  // namespace hone::controller
