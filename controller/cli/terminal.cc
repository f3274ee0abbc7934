#include "controller/cli/terminal.h"

#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace hone::controller {
namespace {

std::string_view Environment(const char* name) {
  // Only one thread reads the environment, and none changes it.
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

bool HasEscapeSequences() {
  const std::string_view terminal = Environment("TERM");
  return !terminal.empty() && terminal != "dumb";
}

std::string_view Code(Color color) {
  switch (color) {
    case Color::kPlain:
      return "";
    case Color::kBold:
      return "\x1b[1m";
    case Color::kDim:
      return "\x1b[2m";
    case Color::kRed:
      return "\x1b[31m";
    case Color::kGreen:
      return "\x1b[32m";
    case Color::kYellow:
      return "\x1b[33m";
    case Color::kCyan:
      return "\x1b[36m";
  }
  return "";
}

}  // namespace

std::string Painter::Paint(Color color, std::string_view text) const {
  if (!has_color_ || color == Color::kPlain || text.empty()) {
    return std::string(text);
  }
  return std::string(Code(color)).append(text).append("\x1b[0m");
}

bool WantsColor(std::string_view color_flag, bool is_terminal) {
  if (color_flag != "auto") {
    return color_flag == "always";
  }
  return is_terminal && Environment("NO_COLOR").empty() && HasEscapeSequences();
}

bool CanMoveCursor(int fd) {
  return isatty(fd) == 1 && HasEscapeSequences();
}

std::size_t TerminalColumns(int fd) {
  winsize size{};
  return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::size_t TerminalRows(int fd) {
  winsize size{};
  return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
}

bool HasUtf8Locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = Environment(name);
    if (!value.empty()) {
      return value.find("UTF-8") != std::string_view::npos ||
             value.find("utf8") != std::string_view::npos;
    }
  }
  return false;
}

}  // namespace hone::controller
