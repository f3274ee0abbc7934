#include "controller/local/program.h"

#include <algorithm>
#include <optional>

#include <sys/stat.h>
#include <unistd.h>

#include "controller/workload/shell_syntax.h"

namespace hone::controller {
namespace {

/// The path that execvp uses if PATH is not set.
constexpr std::string_view kDefaultSearchPath = "/usr/local/bin:/usr/bin:/bin";

enum class Finding { kNothing, kFolder, kNotExecutable, kProgram };

Finding Look(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return Finding::kNothing;
  }
  if (S_ISDIR(status.st_mode)) {
    return Finding::kFolder;
  }
  return ::access(path.c_str(), X_OK) == 0 ? Finding::kProgram : Finding::kNotExecutable;
}

std::string Resolve(const std::string& path, const std::string& working_directory) {
  return path.starts_with('/') || working_directory.empty() ? path : working_directory + "/" + path;
}

tl::unexpected<Error> NotExecutable(const std::string& path) {
  return Fail(Code::kPermissionDenied,
              "\"" + path + "\" is not executable; `chmod +x " + path +
                  "` would make it so, or name its interpreter first");
}

Result<std::string> CheckNamed(const std::string& path, const std::string& working_directory) {
  switch (Look(Resolve(path, working_directory))) {
    case Finding::kProgram:
      return path;
    case Finding::kFolder:
      return Fail(Code::kPermissionDenied, "\"" + path + "\" is a folder, not a program");
    case Finding::kNotExecutable:
      return NotExecutable(path);
    case Finding::kNothing:
      break;
  }
  return Fail(Code::kNotFound,
              "\"" + path +
                  "\" does not exist on this machine; trials run as local processes, so the "
                  "command must name a program that is installed here");
}

/// Calls `visit(path)` for `command` in every folder of `search_path` until it returns true.
template <typename Visit>
void Search(const std::string& command, std::string_view search_path, Visit&& visit) {
  bool is_last = false;
  while (!is_last) {
    const std::size_t colon = search_path.find(':');
    is_last = colon == std::string_view::npos;
    const std::string_view folder = search_path.substr(0, colon);
    // An empty entry means the current folder.
    if (visit(std::string(folder.empty() ? "." : folder) + "/" + command)) {
      return;
    }
    search_path.remove_prefix(is_last ? 0 : colon + 1);
  }
}

std::optional<std::string> FindInPath(const std::string& command,
                                      std::string_view search_path,
                                      const std::string& working_directory,
                                      Finding wanted) {
  std::optional<std::string> found;
  Search(command, search_path, [&](std::string path) {
    if (Look(Resolve(path, working_directory)) == wanted) {
      found = std::move(path);
    }
    return found.has_value();
  });
  return found;
}

}  // namespace

Result<std::string> FindProgram(const std::string& command,
                                std::string_view search_path,
                                const std::string& working_directory) {
  if (command.empty()) {
    return Fail(Code::kInvalidArgument, "the command is empty; it must name a program");
  }
  if (command.find('/') != std::string::npos) {
    return CheckNamed(command, working_directory);
  }
  if (search_path.empty()) {
    search_path = kDefaultSearchPath;
  }
  if (auto path = FindInPath(command, search_path, working_directory, Finding::kProgram)) {
    return *path;
  }
  if (const auto path =
          FindInPath(command, search_path, working_directory, Finding::kNotExecutable)) {
    return NotExecutable(*path);
  }
  std::string message = "\"" + command + "\" is not in PATH; install it, or give its path";
  // The most common case: images have "python", Debian has "python3".
  if (FindInPath(command + "3", search_path, working_directory, Finding::kProgram)) {
    message += "; there is \"" + command + "3\"";
  }
  return Fail(Code::kNotFound, std::move(message));
}

Status CheckScript(const std::vector<std::string>& arguments,
                   const std::string& working_directory) {
  const std::string name = arguments.front().substr(arguments.front().rfind('/') + 1);
  const bool is_shell = IsShell(name);
  const bool is_interpreter = is_shell || name.starts_with("python") || name == "perl" ||
                              name == "ruby" || name == "Rscript" || name == "julia";
  // "-u" is an option of Python without an argument; after other options the script's position is
  // not known.
  const std::size_t at = arguments.size() > 1 && arguments[1] == "-u" ? 2 : 1;
  if (!is_interpreter || arguments.size() <= at || arguments[at].starts_with('-')) {
    return {};
  }
  const std::string& script = arguments[at];
  const bool is_searched_in_path = is_shell && script.find('/') == std::string::npos;
  if (is_searched_in_path || Look(Resolve(script, working_directory)) != Finding::kNothing) {
    return {};
  }
  return Fail(Code::kNotFound,
              "the script \"" + script + "\" does not exist " +
                  (script.starts_with('/')
                       ? "on this machine; trials run as local processes, without an image, so the "
                         "command must name a file that is here"
                       : "in " + working_directory +
                             "; name a file that is there, or change the working directory"));
}

Result<std::string> ProgramMemo::Find(const std::string& command,
                                      std::string_view search_path,
                                      const std::string& working_directory) {
  const bool is_same =
      command == command_ && search_path == search_path_ && working_directory == working_directory_;
  if (is_same && !program_.empty()) {
    return program_;
  }
  HONE_ASSIGN_OR_RETURN(program_, FindProgram(command, search_path, working_directory));
  command_ = command;
  search_path_ = search_path;
  working_directory_ = working_directory;
  return program_;
}

Status CheckWorkingDirectory(const std::string& folder) {
  const std::string name = "working directory \"" + folder + "\"";
  switch (Look(folder)) {
    case Finding::kFolder:
      break;
    case Finding::kNothing:
      return Fail(Code::kFailedPrecondition,
                  name + " does not exist; make it, or change workingDir");
    default:
      return Fail(Code::kFailedPrecondition, name + " is not a folder; change workingDir");
  }
  if (::access(folder.c_str(), X_OK) != 0) {
    return Fail(Code::kFailedPrecondition, name + " may not be entered; change its permissions");
  }
  return {};
}

}  // namespace hone::controller
