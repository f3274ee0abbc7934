// Processes: what the kernel knows of them, from /proc. Every process of a trial carries its marker
// in the environment, whatever became of its parents. No state; any thread.
#pragma once

#include <chrono>
#include <cstddef>
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

/// Ends every process of this user whose marker begins with `prefix`: SIGTERM, and SIGKILL after
/// `grace`. Returns how many there were. Blocks until they are gone, at most `grace` and two
/// seconds.
std::size_t EndMarkedProcesses(std::string_view prefix, std::chrono::milliseconds grace);

}  // namespace hone::controller
