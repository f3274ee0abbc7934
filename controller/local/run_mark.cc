#include "controller/local/run_mark.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "controller/local/processes.h"
#include "controller/local/system_failure.h"

namespace hone::controller {
namespace {

namespace fs = std::filesystem;

/// The longest file name on the usual file systems.
constexpr std::size_t kNameMax = 255;
/// The most marks that are read: one hone never runs that many trials at once.
constexpr std::size_t kMarksMax = 100'000;
constexpr const char* kStarting = "starting";

/// "<pid>.<start>.<boot>.<attempt>", or "starting.0.<boot>.<attempt>".
std::string NameOf(const std::string& pid, std::uint64_t start, const std::string& attempt) {
  return (pid + "." + std::to_string(start) + "." + BootId() + "." + attempt).substr(0, kNameMax);
}

std::string_view TakePart(std::string_view& name) {
  const std::size_t dot = std::min(name.find('.'), name.size());
  const std::string_view part = name.substr(0, dot);
  name.remove_prefix(std::min(name.size(), dot + 1));
  return part;
}

template <typename Number>
bool Read(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

/// Nothing if `name` is not a mark of the time since this machine was started.
std::optional<LeftMark> ReadName(std::string_view name) {
  LeftMark mark;
  ProcessIdentity leader;
  const std::string_view pid = TakePart(name);
  const std::string_view start = TakePart(name);
  if (TakePart(name) != BootId()) {
    return std::nullopt;
  }
  mark.attempt = name;
  if (Read(pid, leader.pid) && Read(start, leader.start)) {
    mark.leader = leader;
  }
  return mark;
}

}  // namespace

RunMark::~RunMark() {
  if (!path_.empty()) {
    ::unlink(path_.c_str());
  }
}

Result<RunMark> RunMark::Make(const fs::path& folder, const std::string& attempt, Pipe& pipe) {
  RunMark mark;
  fs::path path = folder / NameOf(kStarting, 0, attempt);
  const std::string doing = "making the pipe " + path.string();
  if (::mkfifo(path.c_str(), 0600) != 0) {
    std::error_code error(errno, std::generic_category());
    if (error.value() == ENOENT) {
      fs::create_directories(folder, error);
    }
    if (error) {
      return SystemFailure(doing, error.value());
    }
    if (::mkfifo(path.c_str(), 0600) != 0) {
      return SystemFailure(doing, errno);
    }
  }
  mark.path_ = std::move(path);
  // The read end first: opening a FIFO for writing blocks until it has a reader.
  pipe.read_end = FileDescriptor(::open(mark.path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  pipe.write_end = FileDescriptor(
      pipe.read_end.is_open() ? ::open(mark.path_.c_str(), O_WRONLY | O_CLOEXEC) : -1);
  if (!pipe.write_end.is_open()) {
    return SystemFailure(doing, errno);
  }
  return mark;
}

Status RunMark::Record(pid_t pid) {
  const std::optional<ProcessStatus> process = StatusOf(pid);
  const std::string name = path_.filename().string();
  // The part after "starting.0.<boot>."
  const std::string attempt = name.substr(NameOf(kStarting, 0, "").size());
  const fs::path path =
      path_.parent_path() / NameOf(std::to_string(pid), process ? process->start : 0, attempt);
  if (std::rename(path_.c_str(), path.c_str()) != 0) {
    return SystemFailure("renaming " + path_.string(), errno);
  }
  path_ = path;
  return {};
}

bool LeftMark::IsHeld() const {
  if (!read_end.is_open()) {
    return true;  // not known: assume that it is held
  }
  std::array<char, 4096> ignored{};
  ssize_t count = 0;
  // The output that its processes still write is discarded; a pipe holds at most 1 MiB.
  for (int i = 0; i < 256; ++i) {
    count = ::read(read_end.get(), ignored.data(), ignored.size());
    if (count <= 0) {
      break;
    }
  }
  return count != 0;
}

std::vector<LeftMark> FindLeftMarks(const fs::path& folder) {
  std::vector<LeftMark> marks;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator() && marks.size() < kMarksMax;
       entry.increment(error)) {
    auto mark = ReadName(entry->path().filename().native());
    struct stat status {};
    if (!mark || ::lstat(entry->path().c_str(), &status) != 0 || !S_ISFIFO(status.st_mode)) {
      std::error_code ignored;
      fs::remove(entry->path(), ignored);
      continue;
    }
    mark->path = entry->path();
    mark->device = status.st_dev;
    mark->inode = status.st_ino;
    mark->read_end = FileDescriptor(::open(mark->path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    marks.push_back(*std::move(mark));
  }
  return marks;
}

}  // namespace hone::controller
