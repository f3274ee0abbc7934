// Numbering: which trial of a request is which number of a session. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "proto/wire/api.h"

namespace hone::suggestion {

/// Gives each trial an ordinal of its own, at most `last`, and sorts them by it. Trials keep the
/// one that was handed out with their suggestion; those that have none, or one that is taken or too
/// large, get the free ones, in the order in which they started, then by name. True if all have
/// kept theirs.
bool NumberTrials(std::vector<proto::NamedTrial>& trials, std::uint64_t last);

}  // namespace hone::suggestion
