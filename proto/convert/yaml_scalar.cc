#include "proto/convert/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

namespace hone::proto {
namespace {

constexpr std::array<std::string_view, 5> kNull = {"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 11> kTrue =
    {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"};
constexpr std::array<std::string_view, 11> kFalse =
    {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"};
constexpr std::array<std::string_view, 6> kInfinity =
    {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"};
constexpr std::array<std::string_view, 3> kMinusInfinity = {"-.inf", "-.Inf", "-.INF"};
constexpr std::array<std::string_view, 3> kNotANumber = {".nan", ".NaN", ".NAN"};

bool IsOneOf(std::string_view text, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool TakeSign(std::string_view& text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) {
    text.remove_prefix(1);
  }
  return is_negative;
}

int TakeBase(std::string_view& digits) {
  if (digits.size() < 2 || digits[0] != '0') {
    return 10;
  }
  const char mark = digits[1];
  const int base = mark == 'x' || mark == 'X' ? 16 : mark == 'b' || mark == 'B' ? 2 : 8;
  digits.remove_prefix(base != 8 || mark == 'o' || mark == 'O' ? 2 : 1);
  return base;
}

/// An integer of at most 64 bits, with or without sign.
std::optional<Json> ParseInteger(std::string_view text) {
  std::string_view digits = text;
  const bool is_negative = TakeSign(digits);
  const int base = TakeBase(digits);
  std::uint64_t magnitude = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, magnitude, base);
  if (stop != end || error != std::errc{}) {
    return std::nullopt;
  }
  constexpr std::uint64_t kLeast = std::uint64_t{1} << 63U;
  if (!is_negative) {
    return magnitude < kLeast ? Json(static_cast<std::int64_t>(magnitude)) : Json(magnitude);
  }
  return magnitude <= kLeast ? std::optional<Json>(static_cast<std::int64_t>(~magnitude + 1))
                             : std::nullopt;
}

std::size_t TakeDigits(std::string_view& text) {
  const auto stop = std::find_if_not(text.begin(), text.end(), IsDigit);
  const auto count = static_cast<std::size_t>(stop - text.begin());
  text.remove_prefix(count);
  return count;
}

/// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool IsFloat(std::string_view text) {
  TakeSign(text);
  std::size_t digits = TakeDigits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    digits += TakeDigits(text);
  }
  if (digits == 0) {
    return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    TakeSign(text);
    return TakeDigits(text) > 0 && text.empty();
  }
  return text.empty();
}

std::optional<Json> ParseFloat(std::string_view text) {
  if (!IsFloat(text)) {
    return std::nullopt;
  }
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc{} ? std::optional<Json>(value) : std::nullopt;
}

std::optional<Json> ParseNumber(std::string_view text) {
  std::string digits(text);
  std::erase(digits, '_');
  auto number = ParseInteger(digits);
  return number ? number : ParseFloat(digits);
}

}  // namespace

Json ResolvePlain(std::string_view text) {
  if (IsOneOf(text, kNull)) {
    return nullptr;
  }
  if (IsOneOf(text, kTrue)) {
    return true;
  }
  if (IsOneOf(text, kFalse)) {
    return false;
  }
  constexpr double kInf = std::numeric_limits<double>::infinity();
  if (IsOneOf(text, kInfinity)) {
    return kInf;
  }
  if (IsOneOf(text, kMinusInfinity)) {
    return -kInf;
  }
  if (IsOneOf(text, kNotANumber)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const bool may_be_number = IsDigit(text[0]) || text.find_first_of("+-.") == 0;
  const auto number = may_be_number ? ParseNumber(text) : std::nullopt;
  return number ? *number : Json(std::string(text));
}

std::string KeyText(const Json& scalar) {
  if (scalar.is_string()) {
    return scalar.get<std::string>();
  }
  if (!scalar.is_number_float()) {
    return scalar.dump();
  }
  std::array<char, 32> text{};
  const auto end = std::to_chars(
      text.data(), text.data() + text.size(), scalar.get<double>(), std::chars_format::general);
  return {text.data(), end.ptr};
}

}  // namespace hone::proto
