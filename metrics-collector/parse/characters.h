// Characters: what the characters of a line may be, seen from a name or a number that stands beside
// them. UTF-8; any bytes. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace hone::metrics {

enum class Character {
  /// There is none: the line begins or ends.
  kNone,
  kBlank,
  /// A letter, a digit, or _.
  kWord,
  /// What joins words to longer ones: train/loss, val.loss, top-5, map@50.
  kJoint,
  /// Anything else: brackets, quotes, commas, bars, arrows, pictures, control characters.
  kSign,
};

/// So many blanks are a gap between columns, not between words.
inline constexpr std::size_t kWideGap = 2;

[[nodiscard]] bool IsDigit(char byte);
/// Of ASCII, as is ToLower.
[[nodiscard]] bool IsLetter(char byte);
[[nodiscard]] char ToLower(char byte);
/// The byte at `at`; '\0' behind the end.
[[nodiscard]] char ByteAt(std::string_view line, std::size_t at);

/// The character that begins at byte `at`.
[[nodiscard]] Character CharacterAt(std::string_view line, std::size_t at);
/// The character that ends before byte `at`.
[[nodiscard]] Character CharacterBefore(std::string_view line, std::size_t at);

/// The first byte from `at` on that is no blank, or no digit, else the end.
[[nodiscard]] std::size_t SkipBlanks(std::string_view line, std::size_t at);
[[nodiscard]] std::size_t SkipDigits(std::string_view line, std::size_t at);

}  // namespace hone::metrics
