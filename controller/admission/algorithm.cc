#include <algorithm>
#include <string>
#include <utility>

#include "algorithms/catalogue.h"
#include "algorithms/rule_catalogue.h"
#include "controller/admission/checks.h"
#include "proto/model/experiment_spec.h"

namespace hone::controller {
namespace {

using Type = FieldError::Type;

constexpr const char* kName = "spec.algorithm.algorithmName";

/// The names of all algorithms, or of all rules.
template <typename Entries>
std::vector<std::string> NamesOf(const Entries& catalogue) {
  std::vector<std::string> names;
  for (const auto* entry : catalogue) {
    names.emplace_back(entry->name);
  }
  return names;
}

std::string Join(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

FieldError UnknownName(const char* field,
                       const std::string& name,
                       const std::vector<std::string>& known) {
  return {Type::kInvalid, field, name, "must be one of: " + Join(known) + Hint(name, known)};
}

// Both checks look at architectures. The algorithm's own check asks for more than the general one,
// so a field that both complain about is reported once.
void CheckProblem(const ExperimentSpec& spec,
                  const algorithms::Algorithm& algorithm,
                  FieldErrors& errors) {
  FieldErrors found;
  algorithms::ReadProblem(spec, algorithm, 0, found);
  for (FieldError& fault : found) {
    const bool is_known =
        std::any_of(errors.begin(), errors.end(), [&fault](const FieldError& known) {
          return known.field == fault.field;
        });
    if (!is_known) {
      errors.push_back(std::move(fault));
    }
  }
}

void CheckSearch(const ExperimentSpec& spec,
                 bool has_space,
                 const AlgorithmServices& services,
                 FieldErrors& errors) {
  const std::string& name = spec.algorithm->name;
  if (name.empty()) {
    errors.push_back({Type::kRequired, kName, "", "say how points are to be chosen"});
  }
  const algorithms::Algorithm* algorithm = algorithms::Find(name);
  if (algorithm == nullptr) {
    std::vector<std::string> known = NamesOf(algorithms::Catalogue());
    for (const AlgorithmService& service : services) {
      known.push_back(service.name);
    }
    errors.push_back(UnknownName(kName, name, known));
  } else if (has_space || (spec.nas_config && spec.parameters.empty())) {
    CheckProblem(spec, *algorithm, errors);
  } else {
    algorithms::CheckSettings(
        *algorithm, spec.algorithm->settings, "spec.algorithm.algorithmSettings", errors);
  }
}

// A stopping rule needs the values while the trial still runs.
void CheckHearsInTime(const MetricsCollectorSpec& collector, FieldErrors& errors) {
  if (collector.kind == CollectorKind::kStdOut || collector.kind == CollectorKind::kFile ||
      collector.kind == CollectorKind::kUnset) {
    return;
  }
  const std::string kind(ToText(collector.kind));
  errors.push_back({Type::kNotSupported,
                    "spec.earlyStopping",
                    "",
                    "needs a metrics collector that is read while a trial runs, StdOut or File; "
                    "spec.metricsCollectorSpec.collector.kind is " +
                        kind});
}

void CheckStopping(const ExperimentSpec& spec, FieldErrors& errors) {
  constexpr const char* kField = "spec.earlyStopping.algorithmName";
  const AlgorithmSpec& stopping = *spec.early_stopping;
  CheckHearsInTime(spec.metrics_collector.value_or(MetricsCollectorSpec{}), errors);
  if (stopping.name.empty()) {
    errors.push_back({Type::kRequired,
                      kField,
                      "",
                      "say how hopeless trials are to be found: one of " +
                          Join(NamesOf(algorithms::RuleCatalogue()))});
    return;
  }
  const algorithms::Rule* rule = algorithms::FindRule(stopping.name);
  if (rule == nullptr) {
    errors.push_back(UnknownName(kField, stopping.name, NamesOf(algorithms::RuleCatalogue())));
    return;
  }
  algorithms::CheckSettings(
      *rule, stopping.settings, "spec.earlyStopping.algorithmSettings", errors);
}

}  // namespace

void CheckAlgorithms(const ExperimentSpec& spec,
                     bool has_space,
                     const AlgorithmServices& services,
                     FieldErrors& errors) {
  if (spec.algorithm && FindService(services, spec.algorithm->name) == nullptr) {
    CheckSearch(spec, has_space, services, errors);
  } else if (!spec.algorithm) {
    errors.push_back({Type::kRequired,
                      "spec.algorithm",
                      "",
                      "give an algorithmName: one of " + Join(NamesOf(algorithms::Catalogue()))});
  }
  if (spec.early_stopping) {
    CheckStopping(spec, errors);
  }
}

}  // namespace hone::controller
