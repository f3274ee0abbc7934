// Checks of a nasConfig that do not depend on the algorithm. Admission and the services that are
// asked about an experiment share this check. Pure.
#pragma once

#include "proto/model/field_error.h"
#include "proto/model/nas_config.h"

namespace hone::algorithms {

/// Adds every fault, under "spec.nasConfig".
void CheckNas(const NasConfig& nas, FieldErrors& errors);

}  // namespace hone::algorithms
