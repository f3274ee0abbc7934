// Folders: making them, listing them, and what lies in them. No state; any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "proto/model/result.h"

namespace hone::controller {

/// Makes `folder`, and the folders above it that are missing.
Status MakeFolder(const std::filesystem::path& folder);

/// What `path` is from `folder`, "." if it is that folder; empty if it lies elsewhere. Both are
/// normal, and compared as words: nothing is looked at.
std::filesystem::path Below(const std::filesystem::path& path, const std::filesystem::path& folder);

/// The names in `folder`, sorted; nothing if there are more than `max`.
Result<std::optional<std::vector<std::string>>> NamesIn(const std::filesystem::path& folder,
                                                        std::size_t max);

}  // namespace hone::controller
