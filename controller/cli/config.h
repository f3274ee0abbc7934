// Config: what hone.yaml says of the world that an experiment does not: the services of algorithms
// that are not Hone's. Read once a command.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "proto/core/result.h"
#include "proto/model/algorithm_service.h"

namespace hone::controller {

struct Config {
  AlgorithmServices services;
};

/// --config FILE, which must exist; else $XDG_CONFIG_HOME/hone/hone.yaml, which need not. An error
/// names the file and every field that is wrong.
Result<Config> LoadConfig(const std::optional<std::string>& flag);

/// The text of such a file. Relative paths in it are relative to `folder`.
Result<Config> ReadConfig(const std::string& text, const std::filesystem::path& folder);

}  // namespace hone::controller
