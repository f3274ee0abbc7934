#include "controller/local/processes.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <functional>
#include <optional>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "controller/local/file_descriptor.h"

namespace hone::controller {
namespace {

/// Linux allows a quarter of the stack for arguments and environment: 2 MiB unless raised.
constexpr std::size_t kEnvironBytesMax = 4U << 20U;
constexpr std::size_t kStatBytesMax = 4096;
/// Positions of fields in /proc/<pid>/stat, counted from 1; see proc(5).
constexpr int kGroupField = 5;
constexpr int kStartField = 22;

FileDescriptor OpenProcFile(const std::string& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

/// The current content of a file of /proc, whose size is not known in advance.
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

/// The entries of a folder whose names are numbers.
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
  // Children are listed under their parent thread. The kernel gives orphans to the first living
  // thread of their new parent, which is the main thread.
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

std::optional<ProcessStatus> StatusOf(pid_t pid) {
  const std::string text =
      ReadProcFile(OpenProcFile("/proc/" + std::to_string(pid) + "/stat"), kStatBytesMax);
  // "4711 (name) S 1 4711 ...": the name may contain any character, parentheses and blanks too.
  const std::size_t begin = text.find('(');
  const std::size_t end = text.rfind(')');
  if (end == std::string::npos || begin > end) {
    return std::nullopt;
  }
  ProcessStatus status;
  status.pid = pid;
  status.name = text.substr(begin + 1, end - begin - 1);
  std::istringstream fields(text.substr(end + 1));
  char state = 0;
  fields >> state >> status.parent >> status.group;
  std::string skipped;
  for (int field = kGroupField + 1; field < kStartField; ++field) {
    fields >> skipped;
  }
  fields >> status.start;
  status.has_ended = state == 'Z' || state == 'X';
  return fields ? std::optional(std::move(status)) : std::nullopt;
}

std::vector<pid_t> PidsFromTheYoungest() {
  std::vector<pid_t> pids = NumbersIn("/proc");
  std::sort(pids.begin(), pids.end(), std::greater<>());
  return pids;
}

const std::string& BootId() {
  static const std::string id = [] {
    const std::string text =
        ReadProcFile(OpenProcFile("/proc/sys/kernel/random/boot_id"), kStatBytesMax);
    return text.substr(0, text.find_first_of("-\n"));
  }();
  return id;
}

}  // namespace hone::controller
