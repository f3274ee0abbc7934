// What a store's file must lie on. Any thread.
#pragma once

#include <filesystem>

#include "proto/core/result.h"

namespace hone::db {

/// kFailedPrecondition if `folder` lies on a network file system, kNotFound if it is not there.
[[nodiscard]] Status CheckFileSystem(const std::filesystem::path& folder);

/// The name of the network file system that statfs(2) reports with `magic`; empty if it is none.
std::string_view NetworkFileSystem(std::uint32_t magic);

}  // namespace hone::db
