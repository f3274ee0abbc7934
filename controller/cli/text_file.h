// Text files that a person names, manifests and hone.yaml, read as a whole. Any thread.
#pragma once

#include <string>

#include "proto/core/result.h"

namespace hone::controller {

/// The text of a file ("-": stdin), cut a little above what ReadYaml takes: it says that the file
/// is too large. kNotFound says why it cannot be read.
Result<std::string> ReadTextFile(const std::string& name);

}  // namespace hone::controller
