#include "controller/admission/admission.h"

#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "controller/admission/checks.h"
#include "proto/convert/manifest.h"

namespace hone::controller {
namespace {

using Type = FieldError::Type;

// True if `field` or something that holds it is in `fields`.
bool IsWithin(std::string_view field, const std::set<std::string, std::less<>>& fields) {
  while (!fields.contains(field)) {
    if (field.empty()) {
      return false;
    }
    const std::size_t parent = field.find_last_of(".[");
    field = field.substr(0, parent == std::string_view::npos ? 0 : parent);
  }
  return true;
}

}  // namespace

std::string Hint(const std::string& word, const std::vector<std::string>& allowed) {
  // Nobody means one of a thousand names, and each costs time.
  constexpr std::size_t kNamesMax = 100;
  const std::string meant = allowed.size() > kNamesMax ? "" : DidYouMean(word, allowed);
  return meant.empty() ? "" : "; did you mean \"" + meant + "\"?";
}

FieldErrors ValidateCreate(const Experiment& experiment, const AlgorithmServices& services) {
  const ExperimentSpec& spec = experiment.spec;
  FieldErrors errors;
  CheckMetadata(experiment.key, errors);
  CheckCounts(spec, errors);
  CheckObjective(spec, errors);
  const bool has_space = CheckSpace(spec, errors);
  CheckAlgorithms(spec, has_space, services, errors);
  if (spec.resume_policy == ResumePolicy::kUnset) {
    errors.push_back(
        {Type::kInvalid, "spec.resumePolicy", "", "must be Never, LongRunning or FromVolume"});
  }
  CheckTrialTemplate(spec, errors);
  CheckMetricsCollector(spec.metrics_collector.value_or(MetricsCollectorSpec{}), errors);
  return errors;
}

Experiment Admit(const proto::Json& manifest,
                 FieldErrors& errors,
                 const AlgorithmServices& services) {
  FieldErrors faults;
  Experiment experiment = proto::ReadExperiment(manifest, faults);
  SetDefaults(experiment.spec);

  // What could not be read is missing; that it is missing is no fault of its own.
  std::set<std::string, std::less<>> unread;
  for (const FieldError& fault : faults) {
    if (!fault.IsWarning()) {
      unread.insert(fault.field);
    }
  }
  for (FieldError& fault : ValidateCreate(experiment, services)) {
    if (!IsWithin(fault.field, unread)) {
      faults.push_back(std::move(fault));
    }
  }
  errors.insert(
      errors.end(), std::make_move_iterator(faults.begin()), std::make_move_iterator(faults.end()));
  return experiment;
}

}  // namespace hone::controller
