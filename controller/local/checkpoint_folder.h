// CheckpointFolder: where a trial saves the state from which other trials go on. It begins as a
// copy of the parent's folder, made once and completely or not at all; later attempts of the trial
// find what the earlier ones saved. A plain value; Create blocks while it copies.
#pragma once

#include <filesystem>

#include "proto/core/result.h"

namespace hone::controller {

struct CheckpointFolder {
  /// Empty: the trial has none.
  std::filesystem::path path;
  /// The parent's folder; empty if the trial starts anew. The folder may be missing: the parent may
  /// have saved nothing.
  std::filesystem::path parent;

  /// Makes the folder unless it is there.
  [[nodiscard]] Status Create() const;
};

}  // namespace hone::controller
