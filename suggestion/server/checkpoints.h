// Checkpoints of trials that run under Katib: each trial has a folder in the suggestion's volume,
// which Katib mounts into its pod. The folder of a trial that goes on from another one begins as a
// copy of its parent's. Functions over the file system: any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "proto/core/result.h"

namespace hone::suggestion {

/// The name of a trial with a folder; the same for a repeated question.
[[nodiscard]] std::string CheckpointName(const std::string& experiment, std::uint64_t ordinal);

/// Makes `root`/`experiment`/name as a copy of the folder of the trial `parent`; empty if `parent`
/// is 0 or has no folder. An existing folder stays: the question was repeated, or is being answered
/// twice at once. The folder appears completely or not at all. Links are copied as links; sockets,
/// pipes and devices are left out.
Status PrepareCheckpoint(const std::filesystem::path& root,
                         const std::string& experiment,
                         std::uint64_t ordinal,
                         std::uint64_t parent);

}  // namespace hone::suggestion
