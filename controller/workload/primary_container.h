// The primary container: the one of a workload object that computes and prints the metrics. Found
// in any kind that holds containers: pod templates, and the templates, steps and trainer of the
// workflow and training kinds. Pure.
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
  /// What holds the container and its volumes: a pod spec or its like.
  const proto::Json* pod = nullptr;
  /// Their paths in the object: ".spec.template.spec.containers[0]", ".spec.template.spec".
  std::string path;
  std::string pod_path;
};

struct ContainerSearch {
  std::optional<ContainerSite> primary;
  /// The names of all containers but init containers, for who asked for another one.
  std::set<std::string> names;
};

/// Looks for the container called `name`; of several, for the one whose pods have most of `labels`;
/// of those, for the first in the order of sorted keys. Labels that an operator sets at run time
/// (job-role: master, pipelineTask: train) count if their value names something on the way to the
/// container: the replica "Master" (or "Chief" or "Launcher"), the task "train".
ContainerSearch FindPrimary(const proto::Json& object,
                            const std::string& name,
                            const std::map<std::string, std::string>& labels);

}  // namespace hone::controller
