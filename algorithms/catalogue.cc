#include "algorithms/catalogue.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "algorithms/nas_check.h"
#include "algorithms/numerics/architecture_space.h"
#include "algorithms/numerics/resource_ladder.h"
#include "proto/model/experiment_spec.h"

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
  const bool has_resource = std::any_of(
      algorithm.settings.begin(), algorithm.settings.end(), [](const SettingSchema& each) {
        return each.name == kResourceName.name;
      });
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

}  // namespace hone::algorithms
