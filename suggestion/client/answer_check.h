// What a service answered, before it becomes a suggestion. Pure.
#pragma once

#include "proto/core/result.h"
#include "proto/model/search_space.h"
#include "proto/model/trial.h"

namespace hone::suggestion {

/// The same values in our own writing, in the order of the space. A double inside its bounds is put
/// on its step; an int may be off by a rounding error. kInvalidArgument says which parameter is
/// missing, has a value outside its space, has two, or does not exist.
Result<Assignments> CheckAnswer(const SearchSpace& space, const Assignments& answer);

}  // namespace hone::suggestion
