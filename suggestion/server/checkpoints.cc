#include "suggestion/server/checkpoints.h"

#include <atomic>
#include <system_error>

#include <unistd.h>

namespace hone::suggestion {
namespace {

namespace fs = std::filesystem;

Error Failure(const fs::path& folder, const std::error_code& error) {
  return {Code::kInternal, "making the checkpoint " + folder.string() + ": " + error.message()};
}

/// True for a name that cannot lead out of the folder.
bool IsName(const std::string& name) {
  return !name.empty() && name.front() != '.' && name.find('/') == std::string::npos &&
         name.find('\0') == std::string::npos;
}

/// The temporary name of a folder while it is filled; unique for this process and call.
fs::path Unfinished(const fs::path& folder) {
  static std::atomic<std::uint64_t> calls = 0;
  return folder.parent_path() / ("." + folder.filename().string() + "." +
                                 std::to_string(::getpid()) + "." + std::to_string(++calls));
}

void CopyInto(const fs::path& from, const fs::path& to, std::error_code& error) {
  fs::create_directory(to, error);
  for (fs::directory_iterator entry(from, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    const fs::path target = to / entry->path().filename();
    const fs::file_status status = entry->symlink_status(error);
    if (fs::is_symlink(status)) {
      fs::copy_symlink(entry->path(), target, error);
    } else if (fs::is_directory(status)) {
      CopyInto(entry->path(), target, error);
    } else if (fs::is_regular_file(status)) {
      fs::copy_file(entry->path(), target, error);
    }
    if (error) {
      return;
    }
  }
}

}  // namespace

std::string CheckpointName(const std::string& experiment, std::uint64_t ordinal) {
  return experiment + "-" + std::to_string(ordinal);
}

Status PrepareCheckpoint(const fs::path& root,
                         const std::string& experiment,
                         std::uint64_t ordinal,
                         std::uint64_t parent) {
  if (!IsName(experiment)) {
    return Fail(Code::kInvalidArgument,
                "experiment.name: \"" + experiment.substr(0, 80) + "\" cannot name a folder");
  }
  const fs::path folder = root / experiment / CheckpointName(experiment, ordinal);
  std::error_code error;
  if (fs::exists(folder, error)) {
    return {};
  }
  fs::create_directories(folder.parent_path(), error);
  if (error) {
    return tl::unexpected<Error>(Failure(folder.parent_path(), error));
  }
  const fs::path unfinished = Unfinished(folder);
  const fs::path source = root / experiment / CheckpointName(experiment, parent);
  if (parent != 0 && fs::is_directory(source, error)) {
    CopyInto(source, unfinished, error);
  } else {
    fs::create_directory(unfinished, error);
  }
  if (!error) {
    fs::rename(unfinished, folder, error);
  }
  if (!error) {
    return {};
  }
  const Error failure = Failure(folder, error);
  fs::remove_all(unfinished, error);
  // Another call, of this or another process, may have made the folder meanwhile.
  return fs::exists(folder, error) ? Status() : tl::unexpected<Error>(failure);
}

}  // namespace hone::suggestion
