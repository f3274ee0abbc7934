// Checkpoints of trials that run under Katib: each has a folder of the suggestion's volume, which
// Katib mounts into its pod, and one that goes on from another trial begins with a copy of that
// one's. Functions of the file system: any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "proto/core/result.h"

namespace hone::suggestion {

/// The name of a trial that has a folder: the same question names it again.
[[nodiscard]] std::string CheckpointName(const std::string& experiment, std::uint64_t ordinal);

/// Makes `root`/`experiment`/name with what the folder of the trial `parent` has; empty if that is
/// 0 or has none. A folder that is there stays: the question has come again, or comes twice at
/// once. It appears whole or not at all. Links are copied as links; sockets, pipes and devices are
/// left out.
Status PrepareCheckpoint(const std::filesystem::path& root,
                         const std::string& experiment,
                         std::uint64_t ordinal,
                         std::uint64_t parent);

}  // namespace hone::suggestion
