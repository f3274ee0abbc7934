// Finds the program that a command names before the attempt is started, so that a trial that can
// never start gets a clear error. Reads the file system; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proto/core/result.h"

namespace hone::controller {

/// The path of the program that `command` names: `command` itself if it contains a slash (relative
/// to `working_directory`), else the first match in `search_path` (the value of PATH). Errors:
/// kNotFound (no such command), kPermissionDenied (it exists, but is not executable).
Result<std::string> FindProgram(const std::string& command,
                                std::string_view search_path,
                                const std::string& working_directory);

/// kNotFound if `arguments` give a script to an interpreter and there is no such file.
[[nodiscard]] Status CheckScript(const std::vector<std::string>& arguments,
                                 const std::string& working_directory);

/// Caches the program that was found last: the trials of an experiment look for the same one. Not
/// thread-safe.
class ProgramMemo {
 public:
  /// As FindProgram. A cached program is not looked up again: if it has been removed since,
  /// starting it fails.
  Result<std::string> Find(const std::string& command,
                           std::string_view search_path,
                           const std::string& working_directory);

 private:
  std::string command_;
  std::string search_path_;
  std::string working_directory_;
  std::string program_;
};

/// kFailedPrecondition unless `folder` is a folder that can be entered.
[[nodiscard]] Status CheckWorkingDirectory(const std::string& folder);

}  // namespace hone::controller
