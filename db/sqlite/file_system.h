// Checks the file system of a store's file. Any thread.
#pragma once

#include <filesystem>

#include "proto/core/result.h"

namespace hone::db {

/// kFailedPrecondition if `folder` is on a network file system, kNotFound if it does not exist.
[[nodiscard]] Status CheckFileSystem(const std::filesystem::path& folder);

/// The name of the network file system that statfs(2) reports with `magic`; empty for any other
/// file system.
std::string_view NetworkFileSystem(std::uint32_t magic);

}  // namespace hone::db
