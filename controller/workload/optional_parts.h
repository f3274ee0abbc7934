// Optional parts: the parts of a workload that are left out when one of its experiment's
// conditional parameters is not active in the trial. Every part that mentions the parameter is left
// out whole: an item of a list (an argument), an entry of a list that has a name and a value (an
// environment variable), an entry of a map of labels and the like. Text is never cut. Pure.
#pragma once

#include <string>
#include <vector>

#include "proto/convert/document.h"
#include "proto/model/field_error.h"

namespace hone {
struct ExperimentSpec;
}

namespace hone::controller {

/// The names of the trialParameters that refer to a conditional parameter.
std::vector<std::string> ConditionalNames(const ExperimentSpec& spec);

/// Adds an error for every part of the workload `object` that mentions one of `names` and cannot be
/// left out.
void CheckOptionalParts(const proto::Json& object,
                        const std::vector<std::string>& names,
                        FieldErrors& errors);

/// Removes every part that mentions one of `names` from `tree`.
void LeaveOut(const std::vector<std::string>& names, proto::Json& tree);

}  // namespace hone::controller
