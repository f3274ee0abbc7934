// Text files that a user names, manifests and hone.yaml, read as a whole. Any thread.
#pragma once

#include <string>

#include "proto/core/result.h"

namespace hone::controller {

/// The text of a file ("-": stdin). Reading stops a little above the limit of ReadYaml, which then
/// reports that the file is too large. The error kNotFound says why the file cannot be read.
Result<std::string> ReadTextFile(const std::string& name);

}  // namespace hone::controller
