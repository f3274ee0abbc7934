#include "controller/local/outcome.h"

#include <cstring>

#include "controller/local/last_line.h"

namespace hone::controller {
namespace {

/// The meaning of the exit code if the process was a shell.
std::string_view ShellHint(int code) {
  switch (code) {
    case 126:
      return " (a shell says so of a command that is not executable)";
    case 127:
      return " (a shell says so of a command that does not exist)";
    default:
      return "";
  }
}

std::string SignalName(int signal) {
  const char* name = ::sigabbrev_np(signal);
  const std::string number = "signal " + std::to_string(signal);
  return name == nullptr ? number : number + " (SIG" + name + ")";
}

}  // namespace

Outcome OutcomeOf(const siginfo_t& exit, std::string_view output_tail) {
  if (exit.si_code == CLD_EXITED && exit.si_status == 0) {
    return {WorkloadState::Phase::kSucceeded, "", ""};
  }
  const std::string line = LastLine(output_tail);
  if (exit.si_code != CLD_EXITED) {
    const std::string hint = exit.si_status == SIGKILL ? ", as it is when memory runs out" : "";
    return {WorkloadState::Phase::kFailed,
            "Signalled",
            "was killed by " + SignalName(exit.si_status) + hint +
                (line.empty() ? "" : "; its last line: " + line)};
  }
  return {WorkloadState::Phase::kFailed,
          "Error",
          "exited with code " + std::to_string(exit.si_status) +
              (line.empty() ? std::string(ShellHint(exit.si_status)) : ": " + line)};
}

}  // namespace hone::controller
