#include "controller/workload/optional_parts.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "controller/workload/text_template.h"
#include "controller/workload/tree.h"
#include "proto/model/experiment_spec.h"

namespace hone::controller {
namespace {

using proto::Json;

/// True for text with a placeholder of one of `names`.
bool Mentions(const Json& value, const std::vector<std::string>& names) {
  return value.is_string() && TextTemplate(value.get_ref<const std::string&>(), names).HasHoles();
}

/// True for a variable of an environment or a parameter of a workflow's task.
bool IsNamedValue(const Json& item) {
  return At(item, "name").is_string() && At(item, "value").is_string();
}

/// True for "--momentum" and "-c": words that mean nothing without the next one.
bool IsLoneFlag(std::string_view word) {
  return word.size() > 1 && word[0] == '-' && word != "--" && !(word[1] >= '0' && word[1] <= '9') &&
         word.find_first_of("= \n") == std::string_view::npos;
}

class PartCheck {
 public:
  PartCheck(const std::vector<std::string>& names, FieldErrors& errors)
      : names_(names), errors_(errors), errors_before_(errors.size()) {}

  /// `key` is the name of the field that contains `object`; "" for an item of a list. Recursion is
  /// bounded by the depth limit of the JSON reader.
  void VisitObject(const Json& object, std::string_view key, const std::string& path) {
    for (const auto& [name, child] : object.items()) {
      const std::string field = path + "." + name;
      if (child.is_array()) {
        const Json& command = At(object, "command");
        const bool goes_on = name == "args" && command.is_array() && !command.empty();
        VisitList(child, name, field, goes_on ? command.back() : Json());
      } else if (child.is_object()) {
        VisitObject(child, name, field);
      } else if (Mentions(child, names_) && !IsOptionalMap(key) &&
                 !(key.empty() && name == "value" && IsNamedValue(object))) {
        Reject(field,
               child,
               "is needed by every trial, and some do not have this parameter; it may stand in an "
               "item of a list, in the value of an env entry, or in a label, annotation, node "
               "selector or resource");
      }
    }
  }

 private:
  /// True for maps in which every entry is optional.
  static bool IsOptionalMap(std::string_view key) {
    constexpr std::array<std::string_view, 7> kMaps{"labels",
                                                    "annotations",
                                                    "nodeSelector",
                                                    "limits",
                                                    "requests",
                                                    "parameters",
                                                    "hyperParameters"};
    return std::find(kMaps.begin(), kMaps.end(), key) != kMaps.end();
  }

  /// `before` is the word before the first item of `list`, if `list` continues a list of arguments.
  void VisitList(const Json& list, std::string_view key, const std::string& path, Json before) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      const Json& item = list[i];
      const std::string field = path + "[" + std::to_string(i) + "]";
      if (item.is_object()) {
        VisitObject(item, "", field);
      } else if (item.is_array()) {
        VisitList(item, "", field, Json());
      } else if (Mentions(item, names_) && (key == "command" || key == "args")) {
        CheckWord(item, key == "command" && i == 0, before, field);
      }
      before = item;
    }
  }

  void CheckWord(const Json& word, bool is_program, const Json& before, const std::string& field) {
    if (is_program) {
      Reject(field, word, "is the program to run, and some trials do not have this parameter");
      return;
    }
    const std::string flag = before.is_string() ? before.get<std::string>() : "";
    if (IsLoneFlag(flag) && !word.get_ref<const std::string&>().starts_with('-') &&
        !Mentions(before, names_)) {
      Reject(field,
             word,
             "is left out where a trial does not have this parameter, and " + flag +
                 " before it would stay; write both as one item, " + flag +
                 "=VALUE, or hand the value over in env");
    }
  }

  void Reject(const std::string& field, const Json& found, std::string message) {
    // A template with a thousand faults gets this many errors.
    constexpr std::size_t kErrorsMax = 20;
    if (errors_.size() - errors_before_ < kErrorsMax) {
      errors_.push_back({.type = FieldError::Type::kInvalid,
                         .field = field,
                         .found = found.get<std::string>(),
                         .message = std::move(message)});
    }
  }

  const std::vector<std::string>& names_;
  FieldErrors& errors_;
  std::size_t errors_before_;
};

}  // namespace

std::vector<std::string> ConditionalNames(const ExperimentSpec& spec) {
  std::set<std::string_view> conditional;
  for (const ParameterSpec& parameter : spec.parameters) {
    if (parameter.active_when) {
      conditional.insert(parameter.name);
    }
  }
  std::vector<std::string> names;
  if (spec.trial_template && spec.trial_template->trial_parameters) {
    for (const TrialParameter& parameter : *spec.trial_template->trial_parameters) {
      if (conditional.contains(parameter.reference)) {
        names.push_back(parameter.name);
      }
    }
  }
  return names;
}

void CheckOptionalParts(const Json& object,
                        const std::vector<std::string>& names,
                        FieldErrors& errors) {
  if (!names.empty()) {
    PartCheck(names, errors).VisitObject(object, "trialSpec", "spec.trialTemplate.trialSpec");
  }
}

// Recursion is bounded by the depth limit of the JSON reader.
void LeaveOut(const std::vector<std::string>& names, Json& tree) {
  if (tree.is_array()) {
    Json kept = Json::array();
    for (Json& item : tree) {
      if (Mentions(item, names) || (IsNamedValue(item) && Mentions(At(item, "value"), names))) {
        continue;
      }
      LeaveOut(names, item);
      kept.push_back(std::move(item));
    }
    tree = std::move(kept);
  } else if (tree.is_object()) {
    for (auto entry = tree.begin(); entry != tree.end();) {
      if (Mentions(*entry, names)) {
        entry = tree.erase(entry);
      } else {
        LeaveOut(names, *entry++);
      }
    }
  }
}

}  // namespace hone::controller
