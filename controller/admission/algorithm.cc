#include <string>

#include "algorithms/catalogue.h"
#include "controller/admission/checks.h"

namespace hone::controller {
namespace {

using Type = FieldError::Type;

constexpr const char* kName = "spec.algorithm.algorithmName";

std::string Names() {
  std::string names;
  for (const algorithms::Algorithm* algorithm : algorithms::Catalogue()) {
    names += (names.empty() ? "" : ", ") + std::string(algorithm->name);
  }
  return names;
}

void ReportUnknown(const std::string& name, FieldErrors& errors) {
  std::vector<std::string> names;
  for (const algorithms::Algorithm* algorithm : algorithms::Catalogue()) {
    names.emplace_back(algorithm->name);
  }
  errors.push_back({Type::kInvalid, kName, name, "must be one of: " + Names() + Hint(name, names)});
}

algorithms::Problem ProblemOf(const ExperimentSpec& spec, const SearchSpace& space) {
  algorithms::Problem problem;
  problem.space = space;
  problem.settings = spec.algorithm->settings;
  if (spec.max_trial_count && *spec.max_trial_count > 0) {
    problem.max_trials = static_cast<std::uint64_t>(*spec.max_trial_count);
  }
  if (spec.parallel_trial_count && *spec.parallel_trial_count > 0) {
    problem.parallel_trials = static_cast<std::uint64_t>(*spec.parallel_trial_count);
  }
  return problem;
}

void CheckSearch(const ExperimentSpec& spec, const SearchSpace* space, FieldErrors& errors) {
  const std::string& name = spec.algorithm->name;
  if (name.empty()) {
    errors.push_back({Type::kRequired, kName, "", "say how points are to be chosen"});
  }
  const algorithms::Algorithm* algorithm = algorithms::Find(name);
  if (algorithm == nullptr) {
    ReportUnknown(name, errors);
    return;
  }
  if (spec.nas_config) {
    errors.push_back({Type::kNotSupported,
                      "spec.nasConfig",
                      "",
                      "algorithm " + name + " searches parameters, not architectures"});
  }
  const std::size_t before = errors.size();
  algorithms::CheckSettings(
      *algorithm, spec.algorithm->settings, "spec.algorithm.algorithmSettings", errors);
  if (errors.size() == before && space != nullptr) {
    algorithm->check(ProblemOf(spec, *space), errors);
  }
}

void CheckStopping(const AlgorithmSpec& stopping, FieldErrors& errors) {
  constexpr const char* kField = "spec.earlyStopping.algorithmName";
  if (stopping.name.empty()) {
    errors.push_back({Type::kRequired, kField, "", "say how hopeless trials are to be found"});
  }
  errors.push_back({Type::kNotSupported,
                    kField,
                    stopping.name,
                    "this version has no early stopping; leave spec.earlyStopping out"});
}

}  // namespace

void CheckAlgorithms(const ExperimentSpec& spec, const SearchSpace* space, FieldErrors& errors) {
  if (spec.algorithm) {
    CheckSearch(spec, space, errors);
  } else {
    errors.push_back(
        {Type::kRequired, "spec.algorithm", "", "give an algorithmName: one of " + Names()});
  }
  if (spec.early_stopping) {
    CheckStopping(*spec.early_stopping, errors);
  }
}

}  // namespace hone::controller
