// Value: the number after a metric's name, read completely or not at all. Known decorations are
// accepted: a unit, a quote, the type of an array library. Pure; linear in the value's length.
#pragma once

#include <cstddef>
#include <string_view>

namespace hone::metrics {

struct Value {
  /// As written, and readable by ParseNumber. Empty if the text is not a plain number.
  std::string_view number = "";
  /// "%", "ms", "it/s"; empty if there is none.
  std::string_view unit = "";
  /// The end of the value, or of the word in its place if it is not a number.
  std::size_t end = 0;
};

/// Reads the value at byte `at` of `line`. `has_spread`: a spread may follow directly: 0.41+0.02.
[[nodiscard]] Value ReadValue(std::string_view line, std::size_t at, bool has_spread);

/// GoesOn: true if the number that ends at the border before byte `at` continues after it, as the
/// "1" of "1e-05", "1,234" and "0x1f". BeganBefore: true if the number that begins at `at` started
/// earlier, as the "5" of "-5" and "0.5".
[[nodiscard]] bool GoesOn(std::string_view line, std::size_t at);
[[nodiscard]] bool BeganBefore(std::string_view line, std::size_t at);

}  // namespace hone::metrics
