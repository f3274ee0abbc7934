#include "algorithms/catalogue.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "algorithms/nas_check.h"
#include "algorithms/numerics/architecture_space.h"
#include "algorithms/numerics/resource_ladder.h"
#include "proto/model/experiment_spec.h"
#include "proto/model/observation.h"

namespace hone::algorithms {

#define HONE_ALGORITHM(name) extern const Algorithm k_##name;
#include "algorithms/catalogue.inc"
#undef HONE_ALGORITHM

namespace {

constexpr const Algorithm* kCatalogue[] = {
#define HONE_ALGORITHM(name) &k_##name,
#include "algorithms/catalogue.inc"
#undef HONE_ALGORITHM
};

constexpr std::string_view kNone = "None";

bool IsInRange(const SettingSchema& schema, double value) {
  const bool is_above = schema.min_open ? value > schema.min : value >= schema.min;
  const bool is_below = schema.max_open ? value < schema.max : value <= schema.max;
  return is_above && is_below;
}

// True if `word` is one of the words of `choices`, which '|' separates.
bool IsOneOf(std::string_view choices, std::string_view word) {
  while (!choices.empty()) {
    const auto end = std::min(choices.find('|'), choices.size());
    if (choices.substr(0, end) == word) {
      return true;
    }
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return false;
}

bool IsLegal(const SettingSchema& schema, const std::string& text) {
  if (schema.may_be_none && text == kNone) {
    return true;
  }
  const auto number = ParseNumber(text);
  switch (schema.kind) {
    case SettingSchema::Kind::kInt:
      return number && std::trunc(*number) == *number && IsInRange(schema, *number);
    case SettingSchema::Kind::kFloat:
      return number && std::isfinite(*number) && IsInRange(schema, *number);
    case SettingSchema::Kind::kBool:
      return IsOneOf("true|false|True|False", text);
    case SettingSchema::Kind::kChoice:
      return IsOneOf(schema.choices, text);
    case SettingSchema::Kind::kText:
      return !text.empty();
  }
  return false;
}

const SettingSchema* FindSchema(std::span<const SettingSchema> schemas, std::string_view name) {
  for (const SettingSchema& schema : schemas) {
    if (schema.name == name) {
      return &schema;
    }
  }
  return nullptr;
}

FieldError UnknownSetting(std::string_view owner,
                          std::span<const SettingSchema> schemas,
                          std::string path,
                          const std::string& name) {
  std::vector<std::string> known;
  std::string listing;
  for (const SettingSchema& schema : schemas) {
    known.emplace_back(schema.name);
    listing += (listing.empty() ? "" : ", ") + known.back();
  }
  std::string message = "unknown setting for " + std::string(owner);
  message +=
      SpellingHint(name, known, listing.empty() ? ", it has no settings" : ", it has: " + listing);
  return {FieldError::Type::kNotSupported, std::move(path), name, std::move(message)};
}

// Adds the faults whose field has no error yet, so that each field is reported once.
void AddOthers(FieldErrors own, FieldErrors& errors) {
  for (FieldError& fault : own) {
    const bool is_known =
        std::any_of(errors.begin(), errors.end(), [&fault](const FieldError& known) {
          return known.field == fault.field;
        });
    if (!is_known) {
      errors.push_back(std::move(fault));
    }
  }
}

// Where parameters stand for a nasConfig, the algorithm's errors about parameters become one error
// about the nasConfig.
void CheckProblem(const Algorithm& algorithm, const Problem& problem, FieldErrors& errors) {
  FieldErrors found;
  algorithm.check(problem, found);
  if (!problem.layout) {
    errors.insert(errors.end(), found.begin(), found.end());
    return;
  }
  const bool has_resource = FindSchema(algorithm.settings, kResourceName.name) != nullptr;
  for (const FieldError& error : found) {
    const bool is_of_parameters = error.field.starts_with("spec.parameters");
    if (has_resource || is_of_parameters) {
      errors.push_back({FieldError::Type::kNotSupported,
                        "spec.nasConfig",
                        "",
                        "algorithm " + std::string(algorithm.name) +
                            " cannot search these architectures: " +
                            (has_resource ? "it needs a parameter that is a resource, and they "
                                            "have none"
                                          : error.message)});
      return;
    }
    errors.push_back(error);
  }
}

}  // namespace

std::span<const Algorithm* const> Catalogue() {
  return kCatalogue;
}

const Algorithm* Find(std::string_view name) {
  for (const Algorithm* algorithm : Catalogue()) {
    if (algorithm->name == name) {
      return algorithm;
    }
  }
  return nullptr;
}

std::string RangeOf(const SettingSchema& schema) {
  std::string range(schema.range);
  const bool is_number =
      schema.kind == SettingSchema::Kind::kInt || schema.kind == SettingSchema::Kind::kFloat;
  if (!is_number || schema.max_open || schema.max >= 0x1p63) {
    return range;
  }
  // Without an exponent, because users compare the number with their own setting.
  const bool is_whole = std::trunc(schema.max) == schema.max;
  const std::string most =
      is_whole ? std::to_string(std::llround(schema.max)) : FormatNumber(schema.max);
  return range.find(most) == std::string::npos ? range + ", at most " + most : range;
}

void CheckSettings(const Algorithm& algorithm,
                   std::span<const Setting> settings,
                   std::string_view field,
                   FieldErrors& errors) {
  FieldErrors found;
  CheckSettings(
      "algorithm " + std::string(algorithm.name), algorithm.settings, settings, field, found);
  for (FieldError& error : found) {
    if (algorithm.hands_settings_on && error.type == FieldError::Type::kNotSupported) {
      error.type = FieldError::Type::kUnknownField;
      error.message += "; trials get it unchanged";
    }
    errors.push_back(std::move(error));
  }
}

void CheckSettings(std::string_view owner,
                   std::span<const SettingSchema> schemas,
                   std::span<const Setting> settings,
                   std::string_view field,
                   FieldErrors& errors) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const Setting& setting = settings[i];
    const std::string path = std::string(field) + "[" + std::to_string(i) + "]";
    const SettingSchema* schema = FindSchema(schemas, setting.name);
    if (schema == nullptr) {
      errors.push_back(UnknownSetting(owner, schemas, path + ".name", setting.name));
    } else if (!seen.insert(setting.name).second) {
      errors.push_back(
          {FieldError::Type::kDuplicate, path + ".name", setting.name, "is given twice"});
    } else if (!IsLegal(*schema, setting.value)) {
      errors.push_back({FieldError::Type::kInvalid,
                        path + ".value",
                        setting.value,
                        setting.name + " must be " + RangeOf(*schema)});
    }
  }
}

Problem MakeProblem(const ExperimentSpec& spec,
                    const SearchSpace& space,
                    std::uint64_t default_seed) {
  const auto positive = [](std::optional<std::int32_t> count) {
    return count && *count > 0 ? std::optional(static_cast<std::uint64_t>(*count)) : std::nullopt;
  };
  const std::vector<Setting>& settings = spec.algorithm->settings;
  return {.space = OpenResource(space, settings),
          .settings = settings,
          .seed = RandomState(settings).value_or(default_seed),
          .max_trials = positive(spec.max_trial_count),
          .parallel_trials = positive(spec.parallel_trial_count).value_or(1)};
}

std::optional<Problem> ReadProblem(const ExperimentSpec& spec,
                                   const Algorithm& algorithm,
                                   std::uint64_t default_seed,
                                   FieldErrors& errors) {
  FieldErrors found;
  const auto space = spec.nas_config ? SearchSpace()
                                     : SearchSpace::Make(spec.parameters, "spec.parameters", found);
  CheckSettings(algorithm, spec.algorithm->settings, "spec.algorithm.algorithmSettings", found);
  std::optional<Problem> problem;
  if (algorithm.needs_architectures && !spec.nas_config) {
    found.push_back(MissingNasConfig(algorithm.name));
  }
  if (space && (spec.nas_config || !HasErrors(found))) {
    problem = MakeProblem(spec, *space, default_seed);
  }
  if (spec.nas_config) {
    FieldErrors own;
    CheckNas(*spec.nas_config, found);
    algorithm.read_architectures(*spec.nas_config, *problem, own);
    AddOthers(std::move(own), found);
  }
  if (problem && !HasErrors(found)) {
    CheckProblem(algorithm, *problem, found);
  }
  errors.insert(errors.end(), found.begin(), found.end());
  return HasErrors(found) ? std::nullopt : std::move(problem);
}

std::vector<std::string> AssignmentNames(const ExperimentSpec& spec) {
  std::vector<std::string> names;
  for (const ParameterSpec& parameter : spec.parameters) {
    names.push_back(parameter.name);
  }
  const Algorithm* const algorithm =
      names.empty() && spec.nas_config && spec.algorithm ? Find(spec.algorithm->name) : nullptr;
  if (algorithm != nullptr) {
    names.assign(algorithm->architecture_names.begin(), algorithm->architecture_names.end());
  }
  return names;
}

const std::string* FindSetting(std::span<const Setting> settings, std::string_view name) {
  for (const Setting& setting : settings) {
    if (setting.name == name) {
      return &setting.value;
    }
  }
  return nullptr;
}

double NumberOf(std::span<const Setting> settings, std::string_view name, double fallback) {
  const std::string* const text = FindSetting(settings, name);
  return text == nullptr ? fallback : ParseNumber(*text).value_or(fallback);
}

double NumberOf(std::span<const Setting> settings, const SettingSchema& schema) {
  return NumberOf(settings, schema.name, ParseNumber(schema.default_text).value_or(0));
}

std::optional<std::uint64_t> RandomState(std::span<const Setting> settings) {
  for (const Setting& setting : settings) {
    if (setting.name != "random_state") {
      continue;
    }
    std::uint64_t state = 0;
    const char* end = setting.value.data() + setting.value.size();
    if (std::from_chars(setting.value.data(), end, state).ptr == end) {
      return state;
    }
    if (const auto number = ParseNumber(setting.value)) {  // "1e3"
      return static_cast<std::uint64_t>(std::clamp(*number, 0.0, kRandomStateMax));
    }
  }
  return std::nullopt;
}

}  // namespace hone::algorithms
