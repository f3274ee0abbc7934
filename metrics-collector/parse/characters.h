// Characters: classifies the characters of a line by their role beside a name or a number. UTF-8;
// any bytes. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace hone::metrics {

enum class Character {
  /// No character: the line begins or ends.
  kNone,
  kBlank,
  /// A letter, a digit, or _.
  kWord,
  /// Joins words to longer ones: train/loss, val.loss, top-5, map@50.
  kJoint,
  /// Anything else: brackets, quotes, commas, bars, arrows, pictures, control characters.
  kSign,
};

/// Minimum number of blanks that separate columns rather than words.
inline constexpr std::size_t kWideGap = 2;

[[nodiscard]] bool IsDigit(char byte);
/// IsLetter and ToLower know ASCII only.
[[nodiscard]] bool IsLetter(char byte);
[[nodiscard]] char ToLower(char byte);
/// The byte at `at`; '\0' after the end.
[[nodiscard]] char ByteAt(std::string_view line, std::size_t at);

/// The character that begins at byte `at`.
[[nodiscard]] Character CharacterAt(std::string_view line, std::size_t at);
/// The character that ends before byte `at`.
[[nodiscard]] Character CharacterBefore(std::string_view line, std::size_t at);

/// SkipBlanks and SkipDigits: the position of the first byte from `at` on that is not a blank, or
/// not a digit; else the end.
[[nodiscard]] std::size_t SkipBlanks(std::string_view line, std::size_t at);
[[nodiscard]] std::size_t SkipDigits(std::string_view line, std::size_t at);

}  // namespace hone::metrics
