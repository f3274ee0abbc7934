// Terminal: what stands behind stdout and stderr, and the colours that it may be given. Values;
// any thread.
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

/// By --color (auto, always, never), NO_COLOR and TERM; `is_terminal` is what `auto` asks.
bool WantsColor(std::string_view color_flag, bool is_terminal);

/// True if `fd` is a terminal that understands escape sequences: TERM is neither "dumb" nor unset.
bool CanMoveCursor(int fd);

/// The columns of the terminal at `fd`, 80 if it does not say.
std::size_t TerminalColumns(int fd);
/// The rows of the terminal at `fd`, 24 if it does not say.
std::size_t TerminalRows(int fd);

/// True if the locale's character set is UTF-8.
bool HasUtf8Locale();

}  // namespace hone::controller
