#include "controller/cli/runnable.h"

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

}  // namespace

Status CheckRunnable(const Experiment& experiment) {
  const CollectorKind kind = experiment.spec.metrics_collector
                                 ? experiment.spec.metrics_collector->kind
                                 : CollectorKind::kStdOut;
  if (kind != CollectorKind::kStdOut && kind != CollectorKind::kFile &&
      kind != CollectorKind::kUnset) {
    return Fail(Code::kUnimplemented,
                "spec.metricsCollectorSpec.collector.kind: hone run cannot read metrics of kind " +
                    std::string(ToText(kind)) + " yet; StdOut and File are read");
  }
  FieldErrors errors;
  if (WorkloadTemplate::Make(experiment, errors) != nullptr) {
    return {};
  }
  return Fail(Code::kInvalidArgument, Join(errors));
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
