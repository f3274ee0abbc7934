// Processes: what the kernel knows of them, from /proc. Every process of a trial carries its marker
// in the environment, unless it changed it. No state; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace hone::controller {

/// The environment variable that marks a process as one of an attempt: "<store id>/<attempt id>".
inline constexpr std::string_view kMarkerVariable = "HONE_ATTEMPT";

/// The marker of `pid`; empty if it has none, has ended or is not ours to look into.
std::string MarkerOf(pid_t pid);

/// All children of this process, ended ones that were not waited for included. Empty if the kernel
/// does not tell.
std::vector<pid_t> ChildrenOfThisProcess();

/// A process for as long as this machine runs: numbers are used again, but not with the same start.
struct ProcessIdentity {
  pid_t pid = 0;
  /// In the kernel's ticks since the machine was started.
  std::uint64_t start = 0;
  bool operator==(const ProcessIdentity&) const = default;
};

struct ProcessStatus {
  pid_t pid = 0;
  std::uint64_t start = 0;
  pid_t parent = 0;
  pid_t group = 0;
  std::string name;
  /// A zombie: it only waits to be waited for.
  bool has_ended = false;
};

/// Nothing if there is no such process. Told of the processes of all users.
std::optional<ProcessStatus> StatusOf(pid_t pid);

/// As a rule the youngest first: the greater numbers.
std::vector<pid_t> PidsFromTheYoungest();

/// What differs each time this machine is started.
const std::string& BootId();

}  // namespace hone::controller
