// Numbering: maps the trials of a request to the ordinals of a session. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "proto/wire/api.h"

namespace hone::suggestion {

/// Gives each trial an ordinal of its own and sorts the trials by it. A trial keeps the ordinal
/// that came with its suggestion; trials with none, one that is taken, or one above `last` get the
/// lowest free ordinals, in the order in which they started, then by name. True if all trials have
/// kept theirs.
bool NumberTrials(std::vector<proto::NamedTrial>& trials, std::uint64_t last);

}  // namespace hone::suggestion
