// What is wrong with architectures whoever searches them. One check for every door: admission, and
// the services that are asked about an experiment. Pure.
#pragma once

#include "proto/model/field_error.h"
#include "proto/model/nas_config.h"

namespace hone::algorithms {

/// Adds every fault, under "spec.nasConfig".
void CheckNas(const NasConfig& nas, FieldErrors& errors);

}  // namespace hone::algorithms
