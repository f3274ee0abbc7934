// Names made by the command line: unique suffixes, and the tag by which a running hone tells what
// it controls. Randomness from the system; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "proto/model/experiment_key.h"

namespace hone::controller {

/// `count` characters that form no word and cannot be mistaken for each other.
std::string UniqueSuffix(std::size_t count);

/// "[namespace/name]": the end of the command line that a store's lock names, so that other
/// processes know which of the store's experiments is being run.
std::string ControlTag(const ExperimentKey& key);

/// The same for a hone that serves all studies of a store.
inline constexpr const char* kStudiesTag = "[studies]";

}  // namespace hone::controller
