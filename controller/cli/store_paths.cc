#include <cstdlib>

#include <unistd.h>

#include "controller/cli/world.h"

namespace hone::controller {

Result<std::filesystem::path> XdgFolder(const char* name, const std::filesystem::path& fallback) {
  // The program never changes its environment.
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  if (value != nullptr && std::filesystem::path(value).is_absolute()) {
    return std::filesystem::path(value);
  }
  const char* home = std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe)
  if (home == nullptr || !std::filesystem::path(home).is_absolute()) {
    return Fail(Code::kFailedPrecondition,
                std::string("finding the store: neither HOME nor ") + name +
                    " is set; say where it is with --store FILE");
  }
  return std::filesystem::path(home) / fallback;
}

namespace {

// The file itself, whatever links lead to it: its lock stands beside it. It need not exist.
std::filesystem::path WithoutLinks(std::filesystem::path file) {
  constexpr int kLinksMax = 40;  // Linux follows no more
  std::error_code error;
  for (int links = 0; links < kLinksMax && std::filesystem::is_symlink(file, error); ++links) {
    const std::filesystem::path target = std::filesystem::read_symlink(file, error);
    file = file.parent_path() / target;
  }
  const std::filesystem::path real = std::filesystem::weakly_canonical(file, error);
  return error ? file : real;
}

}  // namespace

Result<StorePaths> StorePaths::Resolve(const std::optional<std::string>& store_flag) {
  if (store_flag) {
    std::error_code error;
    const std::filesystem::path given = std::filesystem::absolute(*store_flag, error);
    if (error || store_flag->empty()) {
      return Fail(Code::kInvalidArgument, "--store \"" + *store_flag + "\" is not a path");
    }
    const std::filesystem::path file = WithoutLinks(given);
    return StorePaths{file, file.string() + ".trials"};
  }
  HONE_ASSIGN_OR_RETURN(const auto share, XdgFolder("XDG_DATA_HOME", ".local/share"));
  HONE_ASSIGN_OR_RETURN(const auto state, XdgFolder("XDG_STATE_HOME", ".local/state"));
  return StorePaths{WithoutLinks(share / "hone" / "hone.db"), state / "hone" / "trials"};
}

}  // namespace hone::controller
