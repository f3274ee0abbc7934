#include "controller/admission/admission.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "controller/admission/checks.h"
#include "proto/convert/manifest.h"
#include "proto/model/experiment.h"

namespace hone::controller {
namespace {

using Type = FieldError::Type;

// True if `field`, or a field that contains it, is in `fields`.
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

/// The checks that a study and an experiment with a template share.
FieldErrors CheckSearch(const Experiment& experiment, const AlgorithmServices& services) {
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
  return errors;
}

void CheckNoWorkload(const ExperimentSpec& spec, FieldErrors& errors) {
  const char* const why = "a study's clients run its trials; leave it out, or use hone run";
  if (spec.trial_template) {
    errors.push_back({Type::kForbidden, "spec.trialTemplate", "", why});
  }
  if (spec.metrics_collector) {
    errors.push_back({Type::kForbidden, "spec.metricsCollectorSpec", "", why});
  }
  if (spec.max_duration_seconds) {
    errors.push_back({Type::kForbidden, "spec.maxDurationSeconds", "", why});
  }
}

/// A field that could not be read also looks missing to validation: that second fault is dropped.
void Append(FieldErrors unreadable, FieldErrors invalid, FieldErrors& errors) {
  std::set<std::string, std::less<>> unread;
  for (const FieldError& fault : unreadable) {
    if (!fault.IsWarning()) {
      unread.insert(fault.field);
    }
  }
  std::erase_if(invalid, [&](const FieldError& fault) { return IsWithin(fault.field, unread); });
  std::move(unreadable.begin(), unreadable.end(), std::back_inserter(errors));
  std::move(invalid.begin(), invalid.end(), std::back_inserter(errors));
}

}  // namespace

std::string Hint(const std::string& word, const std::vector<std::string>& allowed) {
  // Comparing with every name takes time, and a guess among so many names is rarely right.
  constexpr std::size_t kNamesMax = 100;
  return allowed.size() > kNamesMax ? "" : SpellingHint(word, allowed);
}

FieldErrors ValidateCreate(const Experiment& experiment, const AlgorithmServices& services) {
  FieldErrors errors = CheckSearch(experiment, services);
  CheckTrialTemplate(experiment.spec, errors);
  CheckMetricsCollector(experiment.spec.metrics_collector.value_or(MetricsCollectorSpec{}), errors);
  return errors;
}

Experiment Admit(const proto::Json& manifest,
                 FieldErrors& errors,
                 const AlgorithmServices& services,
                 const proto::WrittenScalars& written) {
  FieldErrors faults;
  Experiment experiment = proto::ReadExperiment(manifest, faults, written);
  SetDefaults(experiment.spec);
  Append(std::move(faults), ValidateCreate(experiment, services), errors);
  return experiment;
}

Experiment AdmitStudy(const proto::Json& manifest,
                      FieldErrors& errors,
                      const AlgorithmServices& services,
                      const proto::WrittenScalars& written) {
  FieldErrors faults;
  Experiment experiment = proto::ReadExperiment(manifest, faults, written);
  SetSearchDefaults(experiment.spec);
  if (experiment.spec.resume_policy == ResumePolicy::kUnset) {
    experiment.spec.resume_policy = ResumePolicy::kLongRunning;
  }
  FieldErrors invalid = CheckSearch(experiment, services);
  CheckNoWorkload(experiment.spec, invalid);
  Append(std::move(faults), std::move(invalid), errors);
  return experiment;
}

}  // namespace hone::controller
