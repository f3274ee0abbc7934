#include "controller/cli/runnable.h"

#include <algorithm>

#include "controller/workload/primary_container.h"
#include "controller/workload/render.h"
#include "controller/workload/tree.h"
#include "proto/convert/document.h"
#include "proto/model/experiment.h"

namespace hone::controller {
namespace {

void CheckCollector(const ExperimentSpec& spec, FieldErrors& faults) {
  const CollectorKind kind =
      spec.metrics_collector ? spec.metrics_collector->kind : CollectorKind::kStdOut;
  if (kind != CollectorKind::kStdOut && kind != CollectorKind::kFile &&
      kind != CollectorKind::kUnset) {
    faults.push_back({.type = FieldError::Type::kNotSupported,
                      .field = "spec.metricsCollectorSpec.collector.kind",
                      .found = std::string(ToText(kind)),
                      .message = std::string(ToText(kind)) +
                                 " cannot be read by hone run, which reads StdOut and File"});
  }
}

/// True if `errors` has a fault of the same field, of a field inside it or of a field that contains
/// it. A fault of spec or of the whole template does not cover the fields inside.
bool IsKnown(const FieldError& fault, const FieldErrors& errors) {
  return std::any_of(errors.begin(), errors.end(), [&](const FieldError& known) {
    return !known.IsWarning() && (known.field.starts_with(fault.field) ||
                                  (known.field != "spec.trialTemplate" && known.field != "spec" &&
                                   fault.field.starts_with(known.field)));
  });
}

}  // namespace

void CheckRunnable(const Experiment& experiment, FieldErrors& errors) {
  FieldErrors faults;
  CheckCollector(experiment.spec, faults);
  if (experiment.spec.trial_template) {
    WorkloadTemplate::Make(experiment, faults);
  }
  std::erase_if(faults, [&](const FieldError& fault) { return IsKnown(fault, errors); });
  errors.insert(errors.end(), faults.begin(), faults.end());
}

std::optional<std::string> ImageNote(const Experiment& experiment) {
  if (!experiment.spec.trial_template) {
    return std::nullopt;
  }
  const TrialTemplate& source = *experiment.spec.trial_template;
  const Result<proto::Json> tree = proto::ReadJson(source.trial_spec);
  if (!tree) {
    return std::nullopt;
  }
  const ContainerSearch found =
      FindPrimary(*tree, source.primary_container_name, source.primary_pod_labels);
  const std::string image = found.primary ? TextAt(*found.primary->container, "image") : "";
  if (image.empty()) {
    return std::nullopt;
  }
  return "the image " + image + " is ignored: trials run as processes of this machine";
}

}  // namespace hone::controller
