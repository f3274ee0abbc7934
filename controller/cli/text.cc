#include "controller/cli/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

#include "proto/convert/text_position.h"
#include "proto/model/observation.h"

namespace hone::controller {
namespace {

constexpr std::string_view kEllipsis = "…";

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;
  bool is_valid = false;
};

// Decodes the code point at the start of `text`, which is not empty.
CodePoint Decode(std::string_view text) {
  const proto::Utf8Char found = proto::DecodeUtf8(text, 0);
  if (found.length == 0) {
    return {static_cast<unsigned char>(text[0]), 1, false};
  }
  return {found.code, found.length, true};
}

struct Range {
  char32_t first;
  char32_t last;
};

// Combining marks, joiners and variation selectors.
constexpr std::array kZeroWidth = {Range{0x300, 0x36F},
                                   Range{0x483, 0x489},
                                   Range{0x591, 0x5BD},
                                   Range{0x610, 0x61A},
                                   Range{0x64B, 0x65F},
                                   Range{0x200B, 0x200F},
                                   Range{0x20D0, 0x20FF},
                                   Range{0xFE00, 0xFE0F}};
// Unicode's East Asian wide blocks, and emoji.
constexpr std::array kDoubleWidth = {Range{0x1100, 0x115F},
                                     Range{0x2E80, 0x303E},
                                     Range{0x3041, 0xA4CF},
                                     Range{0xAC00, 0xD7A3},
                                     Range{0xF900, 0xFAFF},
                                     Range{0xFE30, 0xFE6F},
                                     Range{0xFF00, 0xFF60},
                                     Range{0xFFE0, 0xFFE6},
                                     Range{0x1F300, 0x1F64F},
                                     Range{0x1F900, 0x1F9FF},
                                     Range{0x20000, 0x3FFFD}};

template <std::size_t kSize>
bool IsIn(const std::array<Range, kSize>& ranges, char32_t value) {
  for (const Range& range : ranges) {
    if (value >= range.first && value <= range.last) {
      return true;
    }
  }
  return false;
}

std::size_t WidthOf(const CodePoint& point) {
  if (!point.is_valid) {
    return 1;
  }
  if (IsIn(kZeroWidth, point.value)) {
    return 0;
  }
  return IsIn(kDoubleWidth, point.value) ? 2 : 1;
}

bool IsControl(const CodePoint& point) {
  return !point.is_valid || proto::IsControl(point.value);
}

// The visible form of a control character.
std::string Escaped(const CodePoint& point) {
  if (point.value == '\n') {
    return "\\n";
  }
  return point.value < 0x100 ? fmt::format("\\x{:02x}", static_cast<unsigned>(point.value))
                             : fmt::format("\\u{:04x}", static_cast<unsigned>(point.value));
}

std::string MadePrintable(std::string_view text, bool keeps_lines) {
  std::string printable;
  while (!text.empty()) {
    const CodePoint point = Decode(text);
    const bool stays = !IsControl(point) || (keeps_lines && point.value == '\n');
    printable += stays ? std::string(text.substr(0, point.bytes)) : Escaped(point);
    text.remove_prefix(point.bytes);
  }
  return printable;
}

// The number of digits from the first that is not 0, without the exponent.
std::size_t SignificantDigits(std::string_view number) {
  const std::string_view mantissa = number.substr(0, number.find_first_of("eE"));
  std::size_t digits = 0;
  for (const char c : mantissa) {
    const bool is_digit = c >= '0' && c <= '9';
    digits += is_digit && (digits > 0 || c != '0') ? 1U : 0U;
  }
  return digits;
}

/// The seconds of a unit; 0 for a letter that is not a unit.
std::int64_t SecondsOf(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86400;
    default:
      return 0;
  }
}

}  // namespace

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = Decode(text);
    width += WidthOf(point);
    text.remove_prefix(point.bytes);
  }
  return width;
}

std::string Truncate(std::string_view text, std::size_t columns) {
  if (DisplayWidth(text) <= columns) {
    return std::string(text);
  }
  if (columns == 0) {
    return "";
  }
  std::string kept;
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = Decode(text);
    if (width + WidthOf(point) > columns - 1) {
      break;
    }
    width += WidthOf(point);
    kept.append(text.substr(0, point.bytes));
    text.remove_prefix(point.bytes);
  }
  return kept.append(kEllipsis);
}

std::string PadRight(std::string_view text, std::size_t columns) {
  std::string cut = Truncate(text, columns);
  return cut.append(columns - DisplayWidth(cut), ' ');
}

std::string PadLeft(std::string_view text, std::size_t columns) {
  const std::string cut = Truncate(text, columns);
  return std::string(columns - DisplayWidth(cut), ' ') + cut;
}

std::string TitledLine(std::string_view title, std::string_view value, std::size_t columns) {
  const std::string shown = Printable(title);
  return PadRight(shown, std::max(columns, DisplayWidth(shown))) + "  " + Printable(value) + "\n";
}

std::string Printable(std::string_view text) {
  return MadePrintable(text, false);
}

std::string PrintableLines(std::string_view text) {
  return MadePrintable(text, true);
}

std::string FormatDuration(Duration duration) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  const auto seconds = ms / 1000;
  if (ms < 1000) {
    return fmt::format("{}ms", ms);
  }
  if (seconds < 60) {
    return fmt::format("{}.{}s", seconds, ms % 1000 / 100);
  }
  if (seconds < 3600) {
    return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  }
  if (seconds < 86400) {
    return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
  }
  return fmt::format("{}d{:02}h", seconds / 86400, seconds / 3600 % 24);
}

std::string FormatAge(Duration age) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age).count();
  if (seconds < 120) {
    return fmt::format("{}s", seconds < 0 ? 0 : seconds);
  }
  if (seconds < 7200) {
    return fmt::format("{}m", seconds / 60);
  }
  if (seconds < 172800) {
    return fmt::format("{}h", seconds / 3600);
  }
  return fmt::format("{}d", seconds / 86400);
}

std::string FormatShort(double value) {
  return fmt::format("{:.6g}", value);
}

std::string FormatShort(std::string_view text) {
  constexpr std::size_t kDigitsMax = 6;
  const std::optional<double> value = ParseNumber(text);
  const bool is_long = value && std::isfinite(*value) &&
                       text.find_first_of(".eE") != std::string_view::npos &&
                       SignificantDigits(text) > kDigitsMax;
  return is_long ? FormatShort(*value) : std::string(text);
}

std::string FormatAssignments(const Assignments& assignments) {
  std::string text;
  for (const Assignment& assignment : assignments) {
    text += text.empty() ? "" : " ";
    text += Printable(assignment.name + "=" + FormatShort(assignment.value));
  }
  return text;
}

std::string Trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  return std::string(text.substr(begin, text.find_last_not_of(' ') + 1 - begin));
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> items;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    items.push_back(Trimmed(text.substr(begin, comma - begin)));
    begin = comma + 1;
  }
  return items;
}

std::optional<std::int64_t> ParseSeconds(std::string_view text) {
  constexpr std::int64_t kSecondsMax = 10LL * 365 * 86400;
  std::int64_t total = 0;
  while (!text.empty()) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || count < 0 || count > kSecondsMax) {
      return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const std::int64_t seconds = SecondsOf(text.empty() ? 's' : text[0]);
    total += count * seconds;
    if (seconds == 0 || total > kSecondsMax) {
      return std::nullopt;
    }
    text.remove_prefix(text.empty() ? 0 : 1);
  }
  return total > 0 ? std::optional(total) : std::nullopt;
}

Result<std::int64_t> ReadDuration(const std::string& flag, const std::string& text) {
  const std::optional<std::int64_t> seconds = ParseSeconds(text);
  if (!seconds) {
    return Fail(Code::kInvalidArgument,
                flag + " " + text + ": write a duration such as 90s, 15m or 2h");
  }
  return *seconds;
}

}  // namespace hone::controller
