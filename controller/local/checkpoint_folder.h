// CheckpointFolder: where a trial saves what those that go on from it need. It begins as a copy of
// the parent's, made once and whole or not at all; later attempts of the trial find what the
// earlier ones saved. A plain value; Create blocks while it copies.
#pragma once

#include <filesystem>

#include "proto/core/result.h"

namespace hone::controller {

struct CheckpointFolder {
  /// Empty: the trial has none.
  std::filesystem::path path;
  /// The parent's; empty if the trial starts anew. That it is missing is no error: the parent may
  /// have saved nothing.
  std::filesystem::path parent;

  /// Makes the folder unless it is there.
  [[nodiscard]] Status Create() const;
};

}  // namespace hone::controller
