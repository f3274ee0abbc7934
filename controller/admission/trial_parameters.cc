// Trial parameters connect the search space with the placeholders of a template.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "algorithms/catalogue.h"
#include "controller/admission/checks.h"
#include "proto/model/experiment_spec.h"

namespace hone::controller {
namespace {

using Type = FieldError::Type;
using proto::Json;

constexpr std::string_view kPlaceholder = "${trialParameters.";
constexpr std::string_view kMetadataReference = "${trialSpec.";
// A thousand wrong parameters get about this many errors.
constexpr std::size_t kErrorsMax = 100;

// Name of a placeholder -> the first field in which it stands.
using Placeholders = std::map<std::string, std::string>;

// Adds the name of every ${trialParameters.<name>} in `text`, the value of the field `field`.
void AddPlaceholders(std::string_view text, const std::string& field, Placeholders& names) {
  std::size_t at = text.find(kPlaceholder);
  while (at != std::string_view::npos) {
    const std::size_t start = at + kPlaceholder.size();
    const std::size_t end = text.find('}', start);
    if (end == std::string_view::npos) {
      return;
    }
    if (end > start) {
      names.emplace(text.substr(start, end - start), field);
    }
    at = text.find(kPlaceholder, start);
  }
}

// Adds the names in all strings below `tree`, the value of `field`; keys are not replaced.
// Recursion is bounded: the JSON reader limits the depth.
void AddPlaceholders(const Json& tree,
                     const std::string& field,
                     Placeholders& names,
                     Placeholders& keys) {
  if (tree.is_string()) {
    AddPlaceholders(tree.get_ref<const std::string&>(), field, names);
  } else if (tree.is_object()) {
    for (const auto& [key, child] : tree.items()) {
      AddPlaceholders(key, field, keys);
      AddPlaceholders(child, field + "." + key, names, keys);
    }
  } else if (tree.is_array()) {
    for (std::size_t i = 0; i < tree.size(); ++i) {
      AddPlaceholders(tree[i], field + "[" + std::to_string(i) + "]", names, keys);
    }
  }
}

// What is wrong with ${trialSpec.<word>}; "" if nothing is.
std::string FaultOfMetadata(std::string_view reference, const Json* workload) {
  constexpr const char* kAllowed =
      "must be ${trialSpec.X} with X one of Name, Namespace, Kind, APIVersion, Labels[key] and "
      "Annotations[key]";
  constexpr std::array<std::string_view, 4> kFields{"Name", "Namespace", "Kind", "APIVersion"};
  if (!reference.ends_with('}')) {
    return kAllowed;
  }
  reference.remove_prefix(kMetadataReference.size());
  reference.remove_suffix(1);
  const std::size_t open = reference.find('[');
  const std::string_view word = reference.substr(0, open);
  if (open == std::string_view::npos) {
    return std::find(kFields.begin(), kFields.end(), word) == kFields.end() ? kAllowed : "";
  }
  const bool is_known = word == "Labels" || word == "Annotations";
  if (!is_known || !reference.ends_with(']') || reference.size() < open + 3) {
    return kAllowed;
  }
  const std::string map = word == "Labels" ? "labels" : "annotations";
  const std::string key(reference.substr(open + 1, reference.size() - open - 2));
  const Json::json_pointer place = Json::json_pointer() / "metadata" / map / key;
  if (workload != nullptr && !(workload->contains(place) && workload->at(place).is_string())) {
    return "trialSpec.metadata." + map + " has no text \"" + key + "\"";
  }
  return "";
}

class TrialParameterChecks {
 public:
  TrialParameterChecks(const ExperimentSpec& spec, const Json* workload, FieldErrors& errors)
      : workload_(workload), errors_(errors), errors_before_(errors.size()) {
    if (workload != nullptr) {
      AddPlaceholders(
          *workload, "spec.trialTemplate.trialSpec", placeholders_, placeholders_in_keys_);
    }
    for (const ParameterSpec& parameter : spec.parameters) {
      parameter_names_.push_back(parameter.name);
    }
    reference_names_ = algorithms::AssignmentNames(spec);
    known_references_.insert(reference_names_.begin(), reference_names_.end());
  }

  void Run(const std::vector<TrialParameter>& parameters) {
    for (std::size_t i = 0; i < parameters.size() && !HasEnough(); ++i) {
      CheckOne(parameters[i], List() + "[" + std::to_string(i) + "]");
    }
    CheckKeys();
    if (!has_bad_name_) {
      CheckLeftOvers();
    }
    if (!has_bad_reference_) {
      CheckUnreferenced();
    }
  }

 private:
  [[nodiscard]] bool HasEnough() const { return errors_.size() - errors_before_ >= kErrorsMax; }
  static std::string List() { return "spec.trialTemplate.trialParameters"; }

  void CheckOne(const TrialParameter& parameter, const std::string& field) {
    const bool is_bad_name =
        parameter.name.empty() || parameter.name.find_first_of("{}") != std::string::npos;
    has_bad_name_ = has_bad_name_ || is_bad_name;
    has_bad_reference_ = has_bad_reference_ || parameter.reference.empty();
    if (is_bad_name || parameter.reference.empty()) {
      errors_.push_back({Type::kInvalid,
                         field,
                         parameter.name,
                         "needs a name without \"{\" and \"}\", and a reference"});
    }
    if (!parameter.name.empty() && !names_.insert(parameter.name).second) {
      errors_.push_back({Type::kInvalid, field + ".name", parameter.name, "is given twice"});
    }
    if (!parameter.reference.empty()) {
      CheckReference(parameter.reference, field + ".reference");
    }
    const bool is_used = placeholders_.contains(parameter.name);
    if (workload_ != nullptr && !is_bad_name && !is_used) {
      errors_.push_back(
          {Type::kInvalid,
           field + ".name",
           parameter.name,
           "is not used: trialSpec has no ${trialParameters." + parameter.name + "} in a string"});
    }
  }

  void CheckReference(const std::string& reference, const std::string& field) {
    if (!references_.insert(reference).second) {
      errors_.push_back({Type::kInvalid, field, reference, "is given twice"});
      return;
    }
    if (reference.starts_with(kMetadataReference)) {
      const std::string fault = FaultOfMetadata(reference, workload_);
      if (!fault.empty()) {
        errors_.push_back({Type::kInvalid, field, reference, fault});
      }
      return;
    }
    if (!known_references_.contains(reference) && !reference_names_.empty()) {
      has_bad_reference_ = true;
      errors_.push_back({Type::kInvalid,
                         field,
                         reference,
                         "must be " + WhatIsReferredTo() + ", or ${trialSpec.Name} and the like" +
                             Hint(reference, reference_names_)});
    }
  }

  [[nodiscard]] std::string WhatIsReferredTo() const {
    constexpr std::size_t kNamesMax = 10;
    std::string names;
    for (std::size_t i = 0; i < reference_names_.size() && i < kNamesMax; ++i) {
      names += (i == 0 ? "" : ", ") + reference_names_[i];
    }
    names += reference_names_.size() > kNamesMax ? ", ..." : "";
    return parameter_names_.empty() ? "one of " + names : "the name of a parameter (" + names + ")";
  }

  void CheckKeys() {
    for (const auto& [name, field] : placeholders_in_keys_) {
      if (!HasEnough()) {
        errors_.push_back({Type::kInvalid,
                           field,
                           "${trialParameters." + name + "}",
                           "stands in the name of a field; only values are filled in"});
      }
    }
  }

  void CheckLeftOvers() {
    const std::vector<std::string> known(names_.begin(), names_.end());
    for (const auto& [name, field] : placeholders_) {
      if (!names_.contains(name) && !HasEnough()) {
        errors_.push_back({Type::kInvalid,
                           field,
                           "${trialParameters." + name + "}",
                           "must be one of trialParameters" + Hint(name, known)});
      }
    }
  }

  // Katib would accept such an experiment and never create a trial.
  void CheckUnreferenced() {
    for (std::size_t i = 0; i < parameter_names_.size() && !HasEnough(); ++i) {
      const std::string& name = parameter_names_[i];
      if (!name.empty() && !references_.contains(name)) {
        errors_.push_back({Type::kInvalid,
                           "spec.parameters[" + std::to_string(i) + "].name",
                           name,
                           "no trialParameter refers to it, so trials would not see its value"});
      }
    }
  }

  const Json* workload_;
  FieldErrors& errors_;
  std::size_t errors_before_;
  Placeholders placeholders_;
  Placeholders placeholders_in_keys_;
  std::vector<std::string> parameter_names_;
  /// The names that a trial parameter may refer to; empty if they cannot be known.
  std::vector<std::string> reference_names_;
  std::set<std::string> known_references_;
  std::set<std::string> names_;
  std::set<std::string> references_;
  bool has_bad_name_ = false;
  bool has_bad_reference_ = false;
};

}  // namespace

void CheckTrialParameters(const ExperimentSpec& spec, const Json* workload, FieldErrors& errors) {
  const std::optional<std::vector<TrialParameter>>& parameters =
      spec.trial_template->trial_parameters;
  if (!parameters) {
    errors.push_back({Type::kRequired,
                      "spec.trialTemplate.trialParameters",
                      "",
                      "name the values that trialSpec uses; [] if there are none"});
    return;
  }
  TrialParameterChecks(spec, workload, errors).Run(*parameters);
}

}  // namespace hone::controller
