// Names that are made here: unique suffixes, uids, and the tag by which a running hone says what it
// controls. Randomness from the system; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "proto/model/experiment.h"

namespace hone::controller {

/// `count` characters that cannot be read as a word or mistaken for each other.
std::string UniqueSuffix(std::size_t count);

/// A random UUID (RFC 4122, version 4).
std::string MakeUid();

/// "[namespace/name]": ends the command that a store's lock names, so that others know which of the
/// store's experiments is being run.
std::string ControlTag(const ExperimentKey& key);

}  // namespace hone::controller
