#include "controller/cli/output.h"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <unistd.h>

#include "controller/cli/text.h"

namespace hone::controller {

Output::Output(bool is_quiet, std::string_view color_flag)
    : is_quiet_(is_quiet),
      is_out_terminal_(isatty(STDOUT_FILENO) == 1),
      can_redraw_(CanMoveCursor(STDERR_FILENO)),
      out_painter_(WantsColor(color_flag, is_out_terminal_)),
      error_painter_(WantsColor(color_flag, isatty(STDERR_FILENO) == 1)) {}

bool Output::Write(std::string_view text) {
  if (failure_ == 0 && std::fwrite(text.data(), 1, text.size(), stdout) < text.size()) {
    failure_ = errno;
  }
  return failure_ == 0;
}

bool Output::WriteRaw(std::string_view text) {
  return is_out_terminal_ ? Write(PrintableLines(text)) : Write(text);
}

Status Output::Flush() {
  if (failure_ == 0 && std::fflush(stdout) != 0) {
    failure_ = errno;
  }
  if (failure_ == 0 || failure_ == EPIPE) {
    return {};
  }
  return ::hone::Fail(Code::kUnavailable,
                      "writing to standard output: " + std::generic_category().message(failure_));
}

void Output::Note(std::string_view line) const {
  if (!is_quiet_) {
    WriteToStderr(PrintableLines(line) + "\n");
  }
}

void Output::Warn(std::string_view message) const {
  WriteToStderr(error_painter_.Paint(Color::kYellow, "warning: ") + PrintableLines(message) + "\n");
}

void Output::Fail(std::string_view message) const {
  WriteToStderr(error_painter_.Paint(Color::kRed, "error: ") + PrintableLines(message) + "\n");
}

void WriteToStderr(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return;
    }
    text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
}

}  // namespace hone::controller
