// Checks the values that a service answered, before they become a suggestion. Pure.
#pragma once

#include "proto/core/result.h"
#include "proto/model/search_space.h"
#include "proto/model/trial.h"

namespace hone::suggestion {

/// The same values in Hone's notation, in the order of the space. A double within its bounds is
/// moved to the nearest step; an int may be off by a rounding error. Error: kInvalidArgument, which
/// names the parameter that is missing, given twice, unknown, or has a value outside its space.
Result<Assignments> CheckAnswer(const SearchSpace& space, const Assignments& answer);

}  // namespace hone::suggestion
