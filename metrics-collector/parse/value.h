// Value: the number behind a metric's name, read whole or not at all. What a program prints around
// it is known: a unit, a quote, the type of an array library. Pure; linear in the value's length.
#pragma once

#include <cstddef>
#include <string_view>

namespace hone::metrics {

struct Value {
  /// As it is written, and such that ParseNumber reads it. Empty if what stands there is not a
  /// plain number.
  std::string_view number = "";
  /// "%", "ms", "it/s"; empty if there is none.
  std::string_view unit = "";
  /// Behind the value; behind the word that stands there if it is no number.
  std::size_t end = 0;
};

/// Reads at byte `at` of `line`. `has_spread`: a spread may follow directly: 0.41+0.02.
[[nodiscard]] Value ReadValue(std::string_view line, std::size_t at, bool has_spread);

/// True if the number that ends (or begins) at the border between byte `at` and the one before it
/// goes on beyond: the "1" of "1e-05", "1,234" and "0x1f", and the "5" of "-5" and "0.5".
[[nodiscard]] bool GoesOn(std::string_view line, std::size_t at);
[[nodiscard]] bool BeganBefore(std::string_view line, std::size_t at);

}  // namespace hone::metrics
