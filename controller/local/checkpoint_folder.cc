#include "controller/local/checkpoint_folder.h"

#include <string>
#include <system_error>

#include "controller/local/system_failure.h"

namespace hone::controller {
namespace {

namespace fs = std::filesystem;

/// The folder `to` becomes a copy of `from`, or an empty one if there is no `from`.
std::error_code Fill(const fs::path& to, const fs::path& from) {
  std::error_code error;
  fs::remove_all(to, error);  // what was begun when the power went
  if (!error) {
    fs::create_directories(to, error);
  }
  std::error_code absent;
  if (!error && !from.empty() && fs::exists(from, absent)) {
    fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::copy_symlinks, error);
  }
  return error;
}

}  // namespace

Status CheckpointFolder::Create() const {
  std::error_code error;
  if (path.empty() || fs::exists(path, error)) {
    return {};
  }
  const fs::path begun = path.string() + ".new";
  error = Fill(begun, parent);
  if (!error) {
    fs::rename(begun, path, error);
  }
  if (!error) {
    return {};
  }
  std::error_code ignored;
  fs::remove_all(begun, ignored);
  const std::string doing =
      parent.empty() ? "making checkpoint folder " + path.string()
                     : "copying checkpoint folder " + parent.string() + " to " + path.string();
  return SystemFailure(doing, error.value());
}

}  // namespace hone::controller
