// What of an experiment this machine can run: refusals before anything starts, and what local
// processes ignore. Pure.
#pragma once

#include <optional>
#include <string>

#include "proto/model/field_error.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

/// Adds what cannot be run here, and what could, to the faults that admission has found. Nothing is
/// said of a field that is wrong already.
void CheckRunnable(const Experiment& experiment, FieldErrors& errors);

/// That the image of the primary container is ignored, if it has one.
std::optional<std::string> ImageNote(const Experiment& experiment);

}  // namespace hone::controller
