// Names that are made here: unique suffixes, and the tag by which a running hone says what it
// controls. Randomness from the system; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "proto/model/experiment_key.h"

namespace hone::controller {

/// `count` characters that cannot be read as a word or mistaken for each other.
std::string UniqueSuffix(std::size_t count);

/// "[namespace/name]": ends the command that a store's lock names, so that others know which of the
/// store's experiments is being run.
std::string ControlTag(const ExperimentKey& key);

/// The same for a hone that serves all studies of a store.
inline constexpr const char* kStudiesTag = "[studies]";

}  // namespace hone::controller
