// Checks whether this machine can run an experiment, before anything starts, and which fields local
// processes ignore. Pure.
#pragma once

#include <optional>
#include <string>

#include "proto/model/field_error.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

/// Adds faults for fields that cannot be run on this machine, with what would be possible. A field
/// that has a fault already gets no second one.
void CheckRunnable(const Experiment& experiment, FieldErrors& errors);

/// A note that the image of the primary container is ignored, if it has one.
std::optional<std::string> ImageNote(const Experiment& experiment);

}  // namespace hone::controller
