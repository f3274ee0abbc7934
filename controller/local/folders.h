// Folders: making and listing folders, relative paths and file times. No state; any thread.
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

/// Nanoseconds since 1970, as file systems store times.
inline std::int64_t Nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// Makes `folder`, and the folders above it that are missing.
Status MakeFolder(const std::filesystem::path& folder);

/// `path` relative to `folder`; "." if they are the same; empty if `path` lies elsewhere. Both have
/// to be normal; they are compared as text, without the file system.
std::filesystem::path Below(const std::filesystem::path& path, const std::filesystem::path& folder);

/// The names in `folder`, sorted; nothing if there are more than `max`.
Result<std::optional<std::vector<std::string>>> NamesIn(const std::filesystem::path& folder,
                                                        std::size_t max);

}  // namespace hone::controller
