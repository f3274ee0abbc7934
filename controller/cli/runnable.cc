#include "controller/cli/runnable.h"

#include <algorithm>

#include "controller/workload/render.h"
#include "proto/convert/document.h"

namespace hone::controller {
namespace {

constexpr int kDepthMax = 100;

// The container of that name, wherever in the workload it stands.
const proto::Json* FindContainer(const proto::Json& tree, const std::string& name, int depth) {
  if (depth > kDepthMax || !tree.is_structured()) {
    return nullptr;
  }
  if (tree.is_object() && tree.value("name", proto::Json()) == name &&
      (tree.contains("command") || tree.contains("image") || tree.contains("args"))) {
    return &tree;
  }
  for (const proto::Json& child : tree) {
    if (const proto::Json* found = FindContainer(child, name, depth + 1)) {
      return found;
    }
  }
  return nullptr;
}

void CheckCollector(const ExperimentSpec& spec, FieldErrors& faults) {
  const CollectorKind kind =
      spec.metrics_collector ? spec.metrics_collector->kind : CollectorKind::kStdOut;
  if (kind != CollectorKind::kStdOut && kind != CollectorKind::kFile &&
      kind != CollectorKind::kUnset) {
    faults.push_back({.type = FieldError::Type::kNotSupported,
                      .field = "spec.metricsCollectorSpec.collector.kind",
                      .found = std::string(ToText(kind)),
                      .message = "cannot be read by hone run; it must be StdOut or File"});
  }
}

/// True if the field of `fault`, what is in it or what holds it is wrong already. What is said of
/// the whole template says nothing of its parts.
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
  const Result<proto::Json> tree = proto::ReadJson(experiment.spec.trial_template->trial_spec);
  const proto::Json* container =
      tree ? FindContainer(*tree, experiment.spec.trial_template->primary_container_name, 0)
           : nullptr;
  const proto::Json image =
      container != nullptr ? container->value("image", proto::Json()) : nullptr;
  if (!image.is_string()) {
    return std::nullopt;
  }
  return "the image " + image.get<std::string>() +
         " is ignored: trials run as processes of this machine";
}

}  // namespace hone::controller
