#include "suggestion/server/validation.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>

#include "algorithms/catalogue.h"
#include "algorithms/rule_catalogue.h"
#include "proto/model/experiment.h"
#include "proto/model/observation.h"
#include "proto/model/search_space.h"

namespace hone::suggestion {
namespace {

using algorithms::SettingSchema;

/// The texts of Katib's services about a value below its range, or a share outside of 0 to 1.
struct KatibWords {
  std::string_view setting;
  std::string_view words;
};
constexpr KatibWords kKatibWords[] = {
    {"gamma", "should be in the range of (0, 1)"},
    {"n_EI_candidates", "should be great than zero"},
    {"prior_weight", "should be great than zero"},
    {"random_state", "should be great or equal than zero"},
    {"n_initial_points", "should be great or equal than zero"},
    {"n_startup_trials", "should be great or equal than zero"},
    {"n_ei_candidates", "should be great than zero"},
    {"min_trials_required", "must be greater than zero (>0)"},
    {"start_step", "must be greater or equal than one (>=1)"},
};

bool IsNumber(const SettingSchema& schema) {
  return schema.kind == SettingSchema::Kind::kInt || schema.kind == SettingSchema::Kind::kFloat;
}

std::string Describe(std::string_view algorithm,
                     const SettingSchema& schema,
                     const std::string& value) {
  const std::string name(schema.name);
  const std::string range = "must be " + algorithms::RangeOf(schema);
  const std::optional<double> number = ParseNumber(value);
  const bool is_whole = number && std::trunc(*number) == *number;
  if (IsNumber(schema) && (!number || (schema.kind == SettingSchema::Kind::kInt && !is_whole))) {
    return "failed to validate " + name + "(" + value + "): " + range;
  }
  if (algorithm == "bayesianoptimization" && schema.kind == SettingSchema::Kind::kChoice) {
    return name + " " + value + " is not supported in Bayesian optimization";
  }
  // Katib's texts name the lower bound.
  const bool is_too_large = number && *number > schema.max && !schema.max_open;
  for (const KatibWords& katib : kKatibWords) {
    if (katib.setting == schema.name && !is_too_large) {
      return name + " " + std::string(katib.words);
    }
  }
  return name + " " + value + ": " + range;
}

/// Checks each setting by itself. With `may_be_unknown`, settings without a schema are accepted.
Status CheckEach(std::string_view algorithm,
                 std::span<const SettingSchema> schemas,
                 const std::vector<Setting>& settings,
                 bool may_be_unknown) {
  for (const Setting& setting : settings) {
    const auto schema = std::find_if(schemas.begin(), schemas.end(), [&](const auto& known) {
      return known.name == setting.name;
    });
    if (schema == schemas.end() && may_be_unknown) {
      continue;
    }
    if (schema == schemas.end()) {
      return Fail(Code::kInvalidArgument,
                  "unknown setting " + setting.name + " for algorithm " + std::string(algorithm));
    }
    FieldErrors errors;
    algorithms::CheckSettings("", schemas, std::span(&setting, 1), "", errors);
    if (HasErrors(errors)) {
      return Fail(Code::kInvalidArgument, Describe(algorithm, *schema, setting.value));
    }
  }
  return {};
}

Status ToStatus(FieldErrors errors) {
  std::erase_if(errors, [](const FieldError& error) { return error.IsWarning(); });
  return errors.empty() ? Status() : Fail(Code::kInvalidArgument, Join(errors));
}

constexpr const char* kSettings = "spec.algorithm.algorithmSettings";

/// Faults that Katib's services report in advance, although the catalogue could work with them.
void CheckAsKatib(const ExperimentSpec& spec, const SearchSpace& space, FieldErrors& errors) {
  const auto numbers =
      std::count_if(spec.parameters.begin(), spec.parameters.end(), [](const auto& parameter) {
        return parameter.type == ParameterType::kInt || parameter.type == ParameterType::kDouble;
      });
  if (spec.algorithm->name == "cmaes" && numbers < 2) {
    errors.push_back({FieldError::Type::kInvalid,
                      "spec.parameters",
                      std::to_string(numbers) + " of type int or double",
                      "cmaes needs at least two"});
  }
  const std::optional<std::uint64_t> points = space.Cardinality();
  const std::int64_t trials = spec.max_trial_count.value_or(0);
  if (spec.algorithm->name == "grid" && points && trials > 0 &&
      static_cast<std::uint64_t>(trials) > *points) {
    errors.push_back(
        {FieldError::Type::kInvalid,
         "spec.maxTrialCount",
         std::to_string(trials),
         "must not be greater than the " + std::to_string(*points) + " points of the grid"});
  }
}

}  // namespace

Status ValidateSettings(const Experiment& experiment) {
  HONE_RETURN_IF_ERROR(ValidateSearch(experiment));
  FieldErrors errors;
  if (const auto space = SearchSpace::Make(experiment.spec.parameters, "spec.parameters", errors);
      space && !experiment.spec.parameters.empty()) {
    CheckAsKatib(experiment.spec, *space, errors);
  }
  return ToStatus(std::move(errors));
}

Status ValidateSearch(const Experiment& experiment) {
  const AlgorithmSpec& wanted = *experiment.spec.algorithm;
  const algorithms::Algorithm* const algorithm = algorithms::Find(wanted.name);
  if (algorithm == nullptr) {
    return Fail(Code::kInvalidArgument, "unknown algorithm name " + wanted.name);
  }
  HONE_RETURN_IF_ERROR(
      CheckEach(wanted.name, algorithm->settings, wanted.settings, algorithm->hands_settings_on));
  FieldErrors errors;
  if (experiment.spec.parameters.empty() && !experiment.spec.nas_config) {
    algorithms::CheckSettings(*algorithm, wanted.settings, kSettings, errors);
  } else {
    algorithms::ReadProblem(experiment.spec, *algorithm, 0, errors);
  }
  return ToStatus(std::move(errors));
}

Status ValidateStopping(const AlgorithmSpec& rule) {
  const algorithms::Rule* const known = algorithms::FindRule(rule.name);
  if (known == nullptr) {
    return Fail(Code::kInvalidArgument, "unknown algorithm name " + rule.name);
  }
  if (rule.name != "medianstop") {
    return Fail(Code::kInvalidArgument,
                "algorithm " + rule.name +
                    " decides while a trial runs and has no bar that could be told before: name "
                    "medianstop, or run the experiment with hone");
  }
  HONE_RETURN_IF_ERROR(CheckEach(rule.name, known->settings, rule.settings, false));
  FieldErrors errors;
  algorithms::CheckSettings(*known, rule.settings, "spec.earlyStopping.algorithmSettings", errors);
  return ToStatus(std::move(errors));
}

void AddResource(Experiment& experiment) {
  ExperimentSpec& spec = experiment.spec;
  const std::vector<Setting>& settings = spec.algorithm->settings;
  const std::string* const name = algorithms::FindSetting(settings, "resource_name");
  const std::string* const most = algorithms::FindSetting(settings, "r_l");
  const std::optional<double> number = most == nullptr ? std::nullopt : ParseNumber(*most);
  if (name == nullptr || !number || !(*number >= 1)) {
    return;
  }
  for (const ParameterSpec& parameter : spec.parameters) {
    if (parameter.name == *name) {
      return;
    }
  }
  ParameterSpec resource;
  resource.name = *name;
  resource.type = ParameterType::kInt;
  resource.feasible_space.min = "1";
  resource.feasible_space.max = FormatNumber(std::floor(*number));
  spec.parameters.push_back(std::move(resource));
}

}  // namespace hone::suggestion
