#include "controller/local/folders.h"

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>

#include <dirent.h>
#include <sys/stat.h>

#include "controller/local/system_failure.h"

namespace hone::controller {

namespace fs = std::filesystem;

/// mkdir is tried first: usually only the last folder is missing.
Status MakeFolder(const fs::path& folder) {
  std::error_code error;
  if (::mkdir(folder.c_str(), 0777) != 0) {
    fs::create_directories(folder, error);
  }
  return error ? SystemFailure("making folder " + folder.string(), error.value()) : Status();
}

fs::path Below(const fs::path& path, const fs::path& folder) {
  fs::path below = path.lexically_relative(folder);
  return below.empty() || *below.begin() == ".." ? fs::path() : below;
}

Result<std::optional<std::vector<std::string>>> NamesIn(const fs::path& folder, std::size_t max) {
  DIR* const stream = ::opendir(folder.c_str());
  if (stream == nullptr) {
    return SystemFailure("reading folder " + folder.string(), errno);
  }
  std::vector<std::string> names;
  while (names.size() <= max) {
    const dirent* const entry = ::readdir(stream);  // NOLINT(concurrency-mt-unsafe): our stream
    if (entry == nullptr) {
      break;
    }
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name != "." && name != "..") {
      names.emplace_back(name);
    }
  }
  ::closedir(stream);
  if (names.size() > max) {
    return std::optional<std::vector<std::string>>();
  }
  std::sort(names.begin(), names.end());
  return std::optional(std::move(names));
}

}  // namespace hone::controller
