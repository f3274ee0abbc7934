// Leftovers: processes of trials whose hone was killed. A process is recognised by any of these
// signs: it carries the store's marker in its environment; it is the first process that a run mark
// names, or is in that process's group; its stdout or stderr is a run mark's FIFO; or it descends
// from a recognised process. No state; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>

#include "proto/core/result.h"

namespace hone::controller {

struct LeftoverSigns {
  /// The beginning of the markers of the store's trials.
  std::string marker_prefix;
  /// The folder of the run marks. They are removed when no process is left.
  std::filesystem::path marks;
};

/// Ends all leftovers: SIGTERM, and SIGKILL after `grace`. Returns how many there were. Blocks
/// until they have ended, at most `grace` and a few seconds. kFailedPrecondition if one is still
/// running: this user may not end it, or it is known only by the open FIFO, which does not tell its
/// pid.
Result<std::size_t> EndLeftovers(const LeftoverSigns& signs, std::chrono::milliseconds grace);

}  // namespace hone::controller
