// Leftovers: processes of trials whose hone was killed. They are known by any of these: they carry
// the store's marker in their environment; they are the first process that a run mark names, or in
// its process group; their stdout or stderr is a run mark's FIFO; or they descend from one that is
// known. No state; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>

#include "proto/core/result.h"

namespace hone::controller {

struct LeftoverSigns {
  /// How their markers begin.
  std::string marker_prefix;
  /// Where run marks are. They are removed when nothing is left.
  std::filesystem::path marks;
};

/// Ends them all: SIGTERM, and SIGKILL after `grace`. Returns how many there were. Blocks until
/// they are gone, at most `grace` and a few seconds. kFailedPrecondition if one is still there: it
/// may not be ended by this user, or only the FIFO that it has open tells of it.
Result<std::size_t> EndLeftovers(const LeftoverSigns& signs, std::chrono::milliseconds grace);

}  // namespace hone::controller
