// Names that are made here: unique suffixes. Randomness from the system; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "proto/model/experiment_key.h"

namespace hone::controller {

/// `count` characters that cannot be read as a word or mistaken for each other.
std::string UniqueSuffix(std::size_t count);

}  // namespace hone::controller
