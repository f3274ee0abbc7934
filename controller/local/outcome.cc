#include "controller/local/outcome.h"

#include <cstring>

namespace hone::controller {
namespace {

constexpr std::size_t kQuotedLineMax = 200;

/// The last line with something in it, printable and not too long; empty if there is none.
std::string LastLine(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  if (last == std::string_view::npos) {
    return {};
  }
  text = text.substr(0, last + 1);
  const std::size_t before = text.find_last_of("\r\n");
  text.remove_prefix(before == std::string_view::npos ? 0 : before + 1);
  std::string line(text.substr(0, kQuotedLineMax));
  for (char& c : line) {
    const auto byte = static_cast<unsigned char>(c);
    c = byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  return line;
}

/// What a shell means by the code, if it was one.
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
  if (exit.si_code != CLD_EXITED) {
    const std::string hint = exit.si_status == SIGKILL ? ", as it is when memory runs out" : "";
    return {WorkloadState::Phase::kFailed,
            "Signalled",
            "was killed by " + SignalName(exit.si_status) + hint};
  }
  if (exit.si_status == 0) {
    return {WorkloadState::Phase::kSucceeded, "", ""};
  }
  std::string message = "exited with code " + std::to_string(exit.si_status);
  message += ShellHint(exit.si_status);
  if (const std::string line = LastLine(output_tail); !line.empty()) {
    message += "; its last line was: " + line;
  }
  return {WorkloadState::Phase::kFailed, "Error", std::move(message)};
}

std::string StartFailureReason(Code code) {
  switch (code) {
    case Code::kNotFound:
      return "CommandNotFound";
    case Code::kPermissionDenied:
      return "NotExecutable";
    case Code::kFailedPrecondition:
      return "WorkingDirectoryMissing";
    default:
      return "StartFailed";
  }
}

}  // namespace hone::controller
