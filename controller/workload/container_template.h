// ContainerTemplate: the command, environment and volumes of the primary container, with holes for
// a trial's values. A plain value; const use is thread-safe.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "controller/workload/primary_container.h"
#include "controller/workload/text_template.h"
#include "proto/convert/document.h"
#include "proto/model/field_error.h"

namespace hone::controller {

struct ContainerTemplate {
  /// command, then args; or sh -c and all of them as one line, if only a shell understands them.
  std::vector<TextTemplate> command;
  EnvironmentTemplate environment;
  TextTemplate working_directory;
  /// mountPath -> volume name of every emptyDir mount.
  std::vector<std::pair<TextTemplate, TextTemplate>> empty_dirs;
  /// The number of GPUs; empty text: none.
  TextTemplate gpus;
};

/// A volume's name becomes a folder's: Kubernetes' DNS label.
[[nodiscard]] bool IsVolumeName(const std::string& name);
inline constexpr const char* kVolumeNameRule = "must consist of at most 63 letters, digits and '-'";

/// Reads the container at `site` of the workload `object`. `names` are the names of the
/// placeholders. A field that needs a cluster or the workload's engine is an error at its path.
ContainerTemplate ReadContainer(const ContainerSite& site,
                                const proto::Json& object,
                                const std::vector<std::string>& names,
                                FieldErrors& errors);

}  // namespace hone::controller
