// What of an admitted experiment this machine can run: refusals before anything starts, and what
// local processes ignore. Pure.
#pragma once

#include <optional>
#include <string>

#include "proto/model/experiment.h"
#include "proto/model/result.h"

namespace hone::controller {

/// An error (kInvalidArgument) says what cannot be run here, and what could.
Status CheckRunnable(const Experiment& experiment);

/// That the image of the primary container is ignored, if it has one.
std::optional<std::string> ImageNote(const Experiment& experiment);

}  // namespace hone::controller
