// The primary container: the container of a workload object that computes and prints the metrics.
// Found in any kind that holds containers: pod templates, and the templates, steps and trainer of
// the workflow and training kinds. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "proto/convert/document.h"

namespace hone::controller {

/// Where a container is. Points into the object's tree.
struct ContainerSite {
  const proto::Json* container = nullptr;
  /// The object that contains the container and its volumes: a pod spec or the like.
  const proto::Json* pod = nullptr;
  /// Their paths in the object: ".spec.template.spec.containers[0]", ".spec.template.spec".
  std::string path;
  std::string pod_path;
};

struct ContainerSearch {
  std::optional<ContainerSite> primary;
  /// The names of all containers but init containers, for the message if the wanted one is missing.
  std::set<std::string> names;
};

/// Looks for the container called `name`; among several, for the one whose pods have most of
/// `labels`; among those, for the first in the order of sorted keys. A label that an operator sets
/// at run time (job-role: master, pipelineTask: train) counts if its value names a field or an
/// object on the path to the container: the replica "Master" (or "Chief" or "Launcher"), the task
/// "train".
ContainerSearch FindPrimary(const proto::Json& object,
                            const std::string& name,
                            const std::map<std::string, std::string>& labels);

}  // namespace hone::controller
