// Files with certificates, keys and tokens. Belongs to proto/rpc.
#pragma once

#include <filesystem>
#include <string>

#include "proto/core/result.h"

namespace hone::rpc {

/// The text of a file of at most 1 MiB. kInvalidArgument begins with `what`.
Result<std::string> ReadSmallFile(const char* what, const std::filesystem::path& path);

/// The text of a PEM file of that kind.
Result<std::string> ReadPem(const char* what, const std::filesystem::path& path);

/// The first line of a token file.
Result<std::string> ReadToken(const char* what, const std::filesystem::path& path);

}  // namespace hone::rpc
