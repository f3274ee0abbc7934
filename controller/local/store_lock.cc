#include "controller/local/store_lock.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "controller/local/file_descriptor.h"
#include "controller/local/system_failure.h"

namespace hone::controller {
namespace {

/// The same path for all names of the store, so a symbolic link to it has no lock of its own.
std::filesystem::path LockPath(const std::filesystem::path& store) {
  std::error_code error;
  std::filesystem::path path = std::filesystem::canonical(store, error);
  if (error) {
    path = store;  // the store does not exist yet
  }
  return path += ".lock";
}

struct flock WholeFile() {
  struct flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  return range;
}

std::string OneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

std::string Render(const LockHolder& holder) {
  return "pid " + std::to_string(holder.pid) + "\nhost " + OneLine(holder.host) + "\nsince " +
         FormatTime(holder.since) + "\ncommand " + OneLine(holder.command) + "\n";
}

/// Missing fields stay empty: the holder may not have written them yet.
LockHolder Parse(std::string_view text) {
  LockHolder holder;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string_view name = line.substr(0, space);
    const std::string_view value = line.substr(std::min(line.size(), space + 1));
    if (name == "pid") {
      std::from_chars(value.data(), value.data() + value.size(), holder.pid);
    } else if (name == "host") {
      holder.host = value;
    } else if (name == "since") {
      holder.since = ParseTime(value).value_or(Time{});
    } else if (name == "command") {
      holder.command = value;
    }
  }
  return holder;
}

LockHolder ReadHolder(int fd) {
  std::array<char, 8192> text{};
  const ssize_t count = ::pread(fd, text.data(), text.size(), 0);
  return Parse({text.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))});
}

std::string Describe(const LockHolder& holder) {
  if (holder.pid == 0) {
    return "another process";
  }
  std::string text = "pid " + std::to_string(holder.pid);
  if (!holder.command.empty()) {
    text += " (" + holder.command + ")";
  }
  if (!holder.host.empty()) {
    text += " on " + holder.host;
  }
  if (holder.since != Time{}) {
    text += " since " + FormatTime(holder.since);
  }
  return text;
}

/// Fails for a device, a pipe or a folder, so that no lock file is made beside one.
Status CheckIsFile(const std::filesystem::path& store, const std::string& doing) {
  std::error_code ignored;
  const std::filesystem::file_status found = std::filesystem::status(store, ignored);
  if (!std::filesystem::exists(found) || std::filesystem::is_regular_file(found)) {
    return {};
  }
  return Fail(Code::kInvalidArgument,
              doing + (std::filesystem::is_directory(found)
                           ? ": it is a folder; name a file in it"
                           : ": it is a device or a pipe; name a file, which hone makes"));
}

class FileStoreLock final : public StoreLock {
 public:
  explicit FileStoreLock(FileDescriptor file) : file_(std::move(file)) {}

 private:
  FileDescriptor file_;
};

}  // namespace

Result<std::unique_ptr<StoreLock>> StoreLock::Acquire(const std::filesystem::path& store,
                                                      const LockHolder& self) {
  const std::filesystem::path path = LockPath(store);
  const std::string doing = "locking store " + store.string();
  HONE_RETURN_IF_ERROR(CheckIsFile(store, doing));
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file.is_open()) {
    tl::unexpected<Error> failure = SystemFailure(doing + ": opening " + path.string(), errno);
    if (failure.value().code == Code::kPermissionDenied) {
      failure.value().message += "; you may not write there, choose another file";
    }
    return failure;
  }
  struct flock range = WholeFile();
  if (::fcntl(file.get(), F_OFD_SETLK, &range) != 0) {
    if (errno == EAGAIN || errno == EACCES) {
      return Fail(Code::kFailedPrecondition,
                  doing + ": it is in use by " + Describe(ReadHolder(file.get())) +
                      "; wait until that has ended, end it, or name another store with --store");
    }
    return SystemFailure(doing, errno);
  }
  const std::string text = Render(self);
  if (::ftruncate(file.get(), 0) != 0 ||
      ::pwrite(file.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    return SystemFailure(doing + ": writing " + path.string(), errno);
  }
  return std::make_unique<FileStoreLock>(std::move(file));
}

std::optional<LockHolder> StoreLock::Holder(const std::filesystem::path& store) {
  const FileDescriptor file(::open(LockPath(store).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    return std::nullopt;
  }
  struct flock range = WholeFile();
  if (::fcntl(file.get(), F_OFD_GETLK, &range) != 0 || range.l_type == F_UNLCK) {
    return std::nullopt;
  }
  return ReadHolder(file.get());
}

}  // namespace hone::controller
