#include "controller/local/processes.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "controller/local/file_descriptor.h"
#include "proto/model/time.h"

namespace hone::controller {
namespace {

using std::chrono::milliseconds;

/// Linux allows a quarter of the stack for arguments and environment: 2 MiB unless raised.
constexpr std::size_t kEnvironBytesMax = 4U << 20U;
/// How many processes are held (one descriptor each) and ended at a time.
constexpr std::size_t kBatchMax = 256;
/// How long SIGKILL may take before we stop waiting (a process in the kernel's hands).
constexpr milliseconds kKillPatience{2000};

FileDescriptor OpenProcFile(const std::string& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

/// A file of /proc, whose size is not known beforehand, as it is now.
std::string ReadProcFile(const FileDescriptor& file, std::size_t bytes_max) {
  std::string text;
  std::array<char, 4096> buffer{};
  while (file.is_open() && text.size() < bytes_max) {
    const ssize_t count =
        ::pread(file.get(), buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
    if (count <= 0) {
      break;
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

std::optional<pid_t> ParsePid(std::string_view text) {
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return pid;
}

/// The names in a folder that are numbers.
std::vector<pid_t> NumbersIn(const char* folder) {
  std::vector<pid_t> numbers;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (const auto number = ParsePid(entry->path().filename().native())) {
      numbers.push_back(*number);
    }
  }
  return numbers;
}

bool IsOfThisUser(pid_t pid) {
  struct stat status {};
  return ::stat(("/proc/" + std::to_string(pid)).c_str(), &status) == 0 &&
         status.st_uid == ::geteuid();
}

struct MarkedProcess {
  pid_t pid = 0;
  FileDescriptor pidfd;
};

/// The pidfd is opened before the marker is read: should the number be taken over in between, the
/// signal goes to the old process, which is gone.
std::vector<MarkedProcess> FindMarked(std::string_view prefix) {
  std::vector<MarkedProcess> found;
  for (const pid_t pid : NumbersIn("/proc")) {
    if (pid == ::getpid() || !IsOfThisUser(pid)) {
      continue;
    }
    FileDescriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (pidfd.is_open() && MarkerOf(pid).starts_with(prefix)) {
      found.push_back({pid, std::move(pidfd)});
    }
    if (found.size() == kBatchMax) {
      break;
    }
  }
  return found;
}

void Signal(const std::vector<MarkedProcess>& processes, int signal) {
  for (const MarkedProcess& process : processes) {
    ::syscall(SYS_pidfd_send_signal, process.pidfd.get(), signal, nullptr, 0);
  }
}

/// Waits until all have ended, at most `patience`.
void AwaitEnd(const std::vector<MarkedProcess>& processes, milliseconds patience) {
  const SystemClock clock;
  const Duration deadline = clock.Elapsed() + patience;
  for (const MarkedProcess& process : processes) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - clock.Elapsed());
    pollfd ended{process.pidfd.get(), POLLIN, 0};
    ::poll(&ended, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  }
}

}  // namespace

std::string MarkerOf(pid_t pid) {
  const std::string block =
      ReadProcFile(OpenProcFile("/proc/" + std::to_string(pid) + "/environ"), kEnvironBytesMax);
  const std::string name = std::string(kMarkerVariable) + "=";
  for (std::size_t at = 0; at < block.size();) {
    const std::size_t end = std::min(block.find('\0', at), block.size());
    if (block.compare(at, name.size(), name) == 0) {
      return block.substr(at + name.size(), end - at - name.size());
    }
    at = end + 1;
  }
  return {};
}

std::vector<pid_t> ChildrenOfThisProcess() {
  // Children are listed under the thread that has them. The kernel hands orphans to the first
  // living thread of their new parent, which is the main thread.
  static const FileDescriptor file =
      OpenProcFile("/proc/self/task/" + std::to_string(::getpid()) + "/children");
  const std::string text = ReadProcFile(file, kEnvironBytesMax);
  std::vector<pid_t> children;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (const auto pid = ParsePid(std::string_view(text).substr(at, end - at))) {
      children.push_back(*pid);
    }
    at = end + 1;
  }
  return children;
}

std::size_t EndMarkedProcesses(std::string_view prefix, milliseconds grace) {
  const SystemClock clock;
  const Duration polite_until = clock.Elapsed() + grace;
  const Duration deadline = polite_until + kKillPatience;
  std::set<pid_t> ended;
  // Again and again, since a process may have forked between being found and being ended.
  for (auto found = FindMarked(prefix); !found.empty() && clock.Elapsed() < deadline;
       found = FindMarked(prefix)) {
    for (const MarkedProcess& process : found) {
      ended.insert(process.pid);
    }
    const auto politely = std::chrono::ceil<milliseconds>(polite_until - clock.Elapsed());
    if (politely.count() > 0) {
      Signal(found, SIGTERM);
      AwaitEnd(found, politely);
    }
    Signal(found, SIGKILL);
    AwaitEnd(found, std::chrono::ceil<milliseconds>(deadline - clock.Elapsed()));
  }
  return ended.size();
}

}  // namespace hone::controller
