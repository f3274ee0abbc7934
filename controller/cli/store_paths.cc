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

// The path of the file itself, with links resolved, since its lock is beside the file. The file
// need not exist.
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

/// The position after "scheme://"; npos if the text is a path.
std::size_t FindAuthority(const std::string& store) {
  constexpr std::string_view kMark = "://";
  const std::size_t at = store.find(kMark);
  return at == std::string::npos ? at : at + kMark.size();
}

// `url` without the parts that may be secret: of the user (everything before the last "@") the text
// after a ":", and all parameters, which may include a password. If the "@" may be part of a
// parameter, the rest is left out completely.
std::string WithoutSecrets(const std::string& url) {
  const std::size_t authority = FindAuthority(url);
  const std::size_t parameters = url.find_first_of("?#");
  const std::size_t at = url.rfind('@');
  if (at == std::string::npos) {
    return url.substr(0, parameters);
  }
  if (at < authority || at > parameters) {
    return url.substr(0, authority) + "...";
  }
  const std::string user = url.substr(authority, at - authority);
  return url.substr(0, authority) + user.substr(0, user.find(':')) +
         url.substr(at, parameters - at);
}

}  // namespace

std::string StorePaths::Name() const {
  return url.empty() ? database.string() : WithoutSecrets(url);
}

Result<StorePaths> StorePaths::Resolve(const std::optional<std::string>& store_flag) {
  if (store_flag && FindAuthority(*store_flag) != std::string::npos) {
    HONE_ASSIGN_OR_RETURN(const auto state, XdgFolder("XDG_STATE_HOME", ".local/state"));
    return StorePaths{.trials = state / "hone" / "trials", .url = *store_flag};
  }
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
