// Folders: making them, listing them, what lies in them, and when. No state; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "proto/core/result.h"

namespace hone::controller {

/// Since 1970, as file systems tell time.
inline std::int64_t Nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// Makes `folder`, and the folders above it that are missing.
Status MakeFolder(const std::filesystem::path& folder);

/// What `path` is from `folder`, "." if it is that folder; empty if it lies elsewhere. Both are
/// normal, and compared as words: nothing is looked at.
std::filesystem::path Below(const std::filesystem::path& path, const std::filesystem::path& folder);

/// The names in `folder`, sorted; nothing if there are more than `max`.
Result<std::optional<std::vector<std::string>>> NamesIn(const std::filesystem::path& folder,
                                                        std::size_t max);

}  // namespace hone::controller
