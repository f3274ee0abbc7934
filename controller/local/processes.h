// Processes: reads the kernel's information about processes from /proc. Every process of a trial
// carries its marker in the environment, unless it has changed its environment. No state; any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace hone::controller {

/// The environment variable that marks a process as belonging to an attempt: "<store id>/<attempt
/// id>".
inline constexpr std::string_view kMarkerVariable = "HONE_ATTEMPT";

/// The marker of `pid`; empty if the process has none, has ended, or may not be read by this user.
std::string MarkerOf(pid_t pid);

/// All children of this process, including ended ones that were not reaped. Empty if the kernel
/// does not list them.
std::vector<pid_t> ChildrenOfThisProcess();

/// Identifies a process until this machine restarts: pids are reused, but not with the same start.
struct ProcessIdentity {
  pid_t pid = 0;
  /// In kernel ticks since the machine was started.
  std::uint64_t start = 0;
  bool operator==(const ProcessIdentity&) const = default;
};

struct ProcessStatus {
  pid_t pid = 0;
  std::uint64_t start = 0;
  pid_t parent = 0;
  pid_t group = 0;
  std::string name;
  /// True for a zombie: the process has ended and was not reaped yet.
  bool has_ended = false;
};

/// Nothing if there is no such process. Works for the processes of all users.
std::optional<ProcessStatus> StatusOf(pid_t pid);

/// All pids, the greatest first: usually the youngest.
std::vector<pid_t> PidsFromTheYoungest();

/// An id that changes with each start of this machine.
const std::string& BootId();

}  // namespace hone::controller
