#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "controller/admission/checks.h"
#include "controller/workload/optional_parts.h"
#include "controller/workload/tree.h"
#include "proto/model/experiment_spec.h"

namespace hone::controller {
namespace {

using Type = FieldError::Type;
using proto::Json;

constexpr const char* kTemplate = "spec.trialTemplate";
constexpr const char* kTrialSpec = "spec.trialTemplate.trialSpec";

// A template in a ConfigMap cannot be read here.
void CheckSource(const TrialTemplate& source, FieldErrors& errors) {
  const bool is_inline = !source.trial_spec.empty();
  if (is_inline && source.config_map) {
    errors.push_back({Type::kRequired, kTemplate, "", "give either trialSpec or configMap"});
  } else if (source.config_map) {
    const ConfigMapSource& map = *source.config_map;
    if (map.name.empty() || map.ns.empty() || map.template_path.empty()) {
      errors.push_back({Type::kRequired,
                        "spec.trialTemplate.configMap",
                        "",
                        "needs configMapName, configMapNamespace and templatePath"});
      return;
    }
    errors.push_back({Type::kInvalid,
                      kTemplate,
                      "",
                      "a configMap is in a cluster that cannot be seen from here; write the "
                      "template as trialSpec"});
  } else if (!is_inline) {
    errors.push_back({Type::kRequired,
                      "spec.trialTemplate.TrialSource",
                      "",
                      "give spec.trialTemplate.trialSpec, the object that runs a trial"});
  }
}

// A missing condition is not reported for an inline template without a kind: the missing kind is
// reported already.
void CheckConditions(const TrialTemplate& source,
                     const std::optional<Json>& workload,
                     FieldErrors& errors) {
  const bool has_kind = workload && !TextAt(*workload, "kind").empty();
  if (!has_kind && !source.config_map) {
    return;
  }
  if (source.success_condition.empty() || source.failure_condition.empty()) {
    errors.push_back({Type::kRequired,
                      kTemplate,
                      "",
                      "give successCondition and failureCondition; only Job, TrainJob, TFJob, "
                      "PyTorchJob, XGBoostJob and MPIJob have defaults"});
  }
}

void CheckWorkload(const Json& workload, FieldErrors& errors) {
  for (const char* key : {"name", "namespace"}) {
    const std::string text = TextAt(At(workload, "metadata"), key);
    if (!text.empty()) {
      errors.push_back({Type::kInvalid,
                        std::string(kTrialSpec) + ".metadata." + key,
                        text,
                        "must be left out: every trial gets its own"});
    }
  }
  for (const char* key : {"apiVersion", "kind"}) {
    if (TextAt(workload, key).empty()) {
      errors.push_back({Type::kRequired,
                        std::string(kTrialSpec) + "." + key,
                        "",
                        "say what kind of object it is"});
    }
  }
  if (TextAt(workload, "apiVersion") == "batch/v1" && TextAt(workload, "kind") == "Job") {
    CheckJob(workload, errors);
  }
}

}  // namespace

JobKind JobKindOf(const Json& workload) {
  const std::string kind = TextAt(workload, "kind");
  if (kind == "Job") {
    return JobKind::kJob;
  }
  if (kind == "TrainJob") {
    return JobKind::kTrainJob;
  }
  constexpr std::array<std::string_view, 4> kReplicated{
      "TFJob", "PyTorchJob", "XGBoostJob", "MPIJob"};
  const bool is_replicated =
      std::find(kReplicated.begin(), kReplicated.end(), kind) != kReplicated.end();
  return is_replicated ? JobKind::kReplicatedJob : JobKind::kOther;
}

std::optional<Json> ParseTrialSpec(const TrialTemplate& source) {
  if (source.trial_spec.empty()) {
    return std::nullopt;
  }
  Result<Json> tree = proto::ReadJson(source.trial_spec);
  if (!tree || !tree->is_object()) {
    return std::nullopt;
  }
  return *std::move(tree);
}

void CheckTrialTemplate(const ExperimentSpec& spec, FieldErrors& errors) {
  if (!spec.trial_template) {
    errors.push_back({Type::kRequired, kTemplate, "", "say what runs a trial"});
    return;
  }
  const TrialTemplate& source = *spec.trial_template;
  if (source.primary_container_name.empty()) {
    errors.push_back({Type::kRequired,
                      "spec.trialTemplate.primaryContainerName",
                      "",
                      "name the container that reports the metrics"});
  }
  const std::optional<Json> workload = ParseTrialSpec(source);
  CheckConditions(source, workload, errors);
  CheckSource(source, errors);
  CheckTrialParameters(spec, workload ? &*workload : nullptr, errors);
  if (workload) {
    CheckWorkload(*workload, errors);
    CheckOptionalParts(*workload, ConditionalNames(spec), errors);
  } else if (!source.trial_spec.empty()) {
    errors.push_back({Type::kInvalid, kTrialSpec, "", "must be an object"});
  }
}

}  // namespace hone::controller
