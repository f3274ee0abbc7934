// Terminal: properties of the terminals at stdout and stderr, and colours. Values; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hone::controller {

enum class Color { kPlain, kBold, kDim, kRed, kGreen, kYellow, kCyan };

/// Paints text, or leaves it as it is.
class Painter {
 public:
  Painter() = default;
  explicit Painter(bool has_color) : has_color_(has_color) {}
  [[nodiscard]] std::string Paint(Color color, std::string_view text) const;

 private:
  bool has_color_ = false;
};

/// Whether to use colour, by --color (auto, always, never), NO_COLOR and TERM; `is_terminal`
/// decides `auto`.
bool WantsColor(std::string_view color_flag, bool is_terminal);

/// True if `fd` is a terminal that understands escape sequences: TERM is neither "dumb" nor unset.
bool CanMoveCursor(int fd);

/// The columns of the terminal at `fd`; 80 if they are not known.
std::size_t TerminalColumns(int fd);
/// The rows of the terminal at `fd`; 24 if they are not known.
std::size_t TerminalRows(int fd);

/// True if the locale's character set is UTF-8.
bool HasUtf8Locale();

}  // namespace hone::controller
