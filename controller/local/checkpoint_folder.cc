#include "controller/local/checkpoint_folder.h"

#include <string>
#include <system_error>

#include "controller/local/folders.h"
#include "controller/local/system_failure.h"

namespace hone::controller {
namespace {

namespace fs = std::filesystem;

/// The target of a copy of the link `link` below `from`: inside the copy if the link points into
/// `from`, whether by a relative or an absolute path.
fs::path TargetOfCopy(const fs::path& link, const fs::path& from, std::error_code& error) {
  const fs::path target = fs::read_symlink(link, error);
  const fs::path folder = link.parent_path();
  const fs::path within = Below((folder / target).lexically_normal(), from);
  return within.empty() ? target : (from / within).lexically_relative(folder);
}

/// FIFOs, sockets and devices are left out: they store nothing, and reading one may never end.
std::error_code CopyEntry(const fs::directory_entry& entry,
                          const fs::path& from,
                          const fs::path& to) {
  std::error_code error;
  switch (entry.symlink_status(error).type()) {
    case fs::file_type::directory:
      fs::create_directory(to, entry.path(), error);
      break;
    case fs::file_type::regular:
      fs::copy_file(entry.path(), to, error);
      break;
    case fs::file_type::symlink:
      if (const fs::path target = TargetOfCopy(entry.path(), from, error); !error) {
        fs::create_symlink(target, to, error);
      }
      break;
    default:
      break;
  }
  return error;
}

/// The folder `to` becomes a copy of `from`, or an empty one if there is no `from`.
std::error_code Fill(const fs::path& to, const fs::path& from) {
  std::error_code error;
  fs::remove_all(to, error);  // an incomplete copy, if the machine failed while copying
  if (!error) {
    fs::create_directories(to, error);
  }
  std::error_code absent;
  if (error || from.empty() || !fs::exists(from, absent)) {
    return error;
  }
  fs::recursive_directory_iterator entry(from, error);
  while (!error && entry != fs::recursive_directory_iterator()) {
    error = CopyEntry(*entry, from, to / entry->path().lexically_relative(from));
    if (!error) {
      entry.increment(error);
    }
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
