// Config: hone.yaml, the settings that do not belong to an experiment: the services of algorithms
// outside of Hone. Read once by each command.
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

/// Reads --config FILE, which must exist; else $XDG_CONFIG_HOME/hone/hone.yaml, which need not. An
/// error names the file and every field that is wrong.
Result<Config> LoadConfig(const std::optional<std::string>& flag);

/// Parses the text of such a file. Relative paths in it are relative to `folder`.
Result<Config> ReadConfig(const std::string& text, const std::filesystem::path& folder);

}  // namespace hone::controller
