// The files of trials on this machine, as the commands and the engine need them: where they are,
// and their deletion with their experiment. Any thread.
#pragma once

#include <filesystem>

#include "db/store/store.h"
#include "proto/core/result.h"

namespace hone::controller {

/// Deletes the files below `trials` that are marked to go and whose experiment the store no longer
/// holds.
[[nodiscard]] Status FinishDeletionsOf(db::Store& store, const std::filesystem::path& trials);

}  // namespace hone::controller
