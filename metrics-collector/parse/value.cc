#include "metrics-collector/parse/value.h"

#include <algorithm>
#include <array>
#include <string>

#include "metrics-collector/parse/characters.h"

namespace hone::metrics {
namespace {

/// Longer words are neither units nor names of types.
constexpr std::size_t kWordBytesMax = 32;

bool IsAnyOf(char byte, std::string_view bytes) {
  return byte != '\0' && bytes.find(byte) != std::string_view::npos;
}

/// The end of an exponent that begins at `at`; `at` if there is none.
std::size_t SkipExponent(std::string_view line, std::size_t at) {
  if (!IsAnyOf(ByteAt(line, at), "eE")) {
    return at;
  }
  const std::size_t digits = at + (IsAnyOf(ByteAt(line, at + 1), "+-") ? 2 : 1);
  const std::size_t end = SkipDigits(line, digits);
  return end == digits ? at : end;
}

bool BeginsWithoutCase(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::equal(lower.begin(), lower.end(), text.begin(), [](char wanted, char byte) {
           return wanted == ToLower(byte);
         });
}

std::size_t SkipNonFinite(std::string_view line, std::size_t at) {
  for (const std::string_view word : {"infinity", "inf", "nan"}) {
    if (BeginsWithoutCase(line.substr(at), word)) {
      const std::size_t end = at + word.size();
      return CharacterAt(line, end) == Character::kWord ? at : end;
    }
  }
  return at;
}

/// The end of the number that begins at `at`; `at` if there is none. A point that ends a sentence
/// is excluded: "5." ends after the 5.
std::size_t SkipNumber(std::string_view line, std::size_t at) {
  const std::size_t whole = at + (IsAnyOf(ByteAt(line, at), "+-") ? 1 : 0);
  if (const std::size_t end = SkipNonFinite(line, std::min(whole, line.size())); end != whole) {
    return end;
  }
  const std::size_t point = SkipDigits(line, whole);
  const bool has_whole = point != whole;
  if (ByteAt(line, point) != '.') {
    return has_whole ? SkipExponent(line, point) : at;
  }
  const std::size_t end = SkipDigits(line, point + 1);
  if (end == point + 1) {
    const std::size_t exponent = SkipExponent(line, end);
    return !has_whole ? at : exponent == end ? point : exponent;
  }
  return SkipExponent(line, end);
}

/// The end of a unit: letters, %, °, µ, with / between.
std::size_t SkipUnit(std::string_view line, std::size_t at) {
  const std::size_t begin = at;
  while (at < line.size() && at - begin <= kWordBytesMax) {
    const std::string_view rest = line.substr(at);
    const bool is_wide = rest.starts_with("µ") || rest.starts_with("μ") || rest.starts_with("°");
    const bool divides = rest.front() == '/' && IsLetter(ByteAt(rest, 1));
    if (!is_wide && !divides && !IsLetter(rest.front()) && rest.front() != '%') {
      break;
    }
    at += is_wide ? 2 : 1;
  }
  return at;
}

/// True for letters that are part of the number: an exponent that was cut off, a multiplier, an
/// imaginary part.
bool IsPartOfNumber(std::string_view unit) {
  constexpr std::array<std::string_view, 13> kParts = {
      "e", "E", "k", "K", "M", "G", "T", "Ki", "Mi", "Gi", "Ti", "j", "i"};
  return std::find(kParts.begin(), kParts.end(), unit) != kParts.end();
}

bool IsOtherRadix(std::string_view number, std::string_view unit) {
  const std::string_view digits = number.substr(IsAnyOf(number.front(), "+-") ? 1 : 0);
  return digits == "0" && unit.size() > 1 && IsAnyOf(unit.front(), "xXbBoO");
}

/// True if a value may end before byte `at`.
bool EndsBefore(std::string_view line, std::size_t at, bool has_spread) {
  switch (CharacterAt(line, at)) {
    case Character::kNone:
      return true;
    case Character::kBlank: {
      // 45 / 50
      const std::size_t slash = SkipBlanks(line, at);
      return ByteAt(line, slash) != '/' || !IsDigit(ByteAt(line, SkipBlanks(line, slash + 1)));
    }
    case Character::kWord:
      return false;
    case Character::kJoint:
      // The end of a sentence, or an ellipsis...
      if (line[at] == '.') {
        const Character next = CharacterAt(line, line.find_first_not_of('.', at));
        return next != Character::kWord && next != Character::kJoint;
      }
      return has_spread && line[at] == '+' && IsDigit(ByteAt(line, at + 1));
    case Character::kSign:
      break;
  }
  if (line.substr(at).starts_with("±") || line[at] == '(' || line[at] == '|') {
    return true;
  }
  // Not an end: 1,234 and 1'234 and 12:30 and 2*5 and 1 234 with a narrow blank.
  std::size_t next = at + 1;
  while (next < line.size() && (static_cast<unsigned char>(line[next]) & 0xC0U) == 0x80U) {
    ++next;
  }
  const bool is_punctuation = !IsAnyOf(line[at], ",':*=") && static_cast<signed char>(line[at]) > 0;
  return line[at] != '=' && (is_punctuation || !IsDigit(ByteAt(line, next)));
}

/// Text that programs print around a number: a quote, "tensor(", "np.float64(", "[".
struct Wrapping {
  std::size_t begin = 0;
  /// The character that must follow the number; '\0': none.
  char closer = '\0';
  /// More arguments may precede the closer: tensor(0.5, device='cuda:0').
  bool takes_more = false;
};

/// "tensor", "np.float64", "jnp.array": a type whose text holds its value, unlike "FocalLoss".
bool IsNumberType(std::string_view name) {
  constexpr std::array<std::string_view, 10> kTypes = {"tensor",
                                                       "array",
                                                       "devicearray",
                                                       "float",
                                                       "bfloat",
                                                       "double",
                                                       "decimal",
                                                       "int",
                                                       "uint",
                                                       "scalar"};
  name.remove_prefix(name.rfind('.') + 1);  // npos + 1 is 0
  name = name.substr(0, name.find_last_not_of("0123456789_") + 1);
  return std::any_of(kTypes.begin(), kTypes.end(), [name](std::string_view type) {
    return name.size() == type.size() && BeginsWithoutCase(name, type);
  });
}

Wrapping ReadWrapping(std::string_view line, std::size_t at) {
  Wrapping wrapping{.begin = at};
  std::size_t name = at;
  while (name < line.size() && name - at <= kWordBytesMax &&
         (CharacterAt(line, name) == Character::kWord || line[name] == '.')) {
    ++name;
  }
  if (ByteAt(line, name) == '(' && (name == at || IsNumberType(line.substr(at, name - at)))) {
    wrapping = {.begin = name + 1, .closer = ')', .takes_more = name != at};
  }
  const char opener = ByteAt(line, wrapping.begin);
  if (IsAnyOf(opener, "'\"`")) {
    return {.begin = wrapping.begin + 1, .closer = opener};
  }
  if (opener == '[') {
    return {.begin = wrapping.begin + 1, .closer = ']'};
  }
  return wrapping;
}

bool IsClosed(std::string_view line, std::size_t at, const Wrapping& wrapping, bool has_spread) {
  if (wrapping.closer == '\0') {
    return EndsBefore(line, at, has_spread);
  }
  if (ByteAt(line, at) == '.') {
    ++at;  // tensor(5.)
  }
  if (ByteAt(line, at) == wrapping.closer) {
    return true;
  }
  return wrapping.takes_more && ByteAt(line, at) == ',' &&
         !IsDigit(ByteAt(line, SkipBlanks(line, at + 1)));
}

/// True if the comma at `at` more likely separates two numbers than the digits of one: [1,2] and
/// x,1,2 and 0.5,2.
bool IsInList(std::string_view line, std::size_t at) {
  while (at > 0 && IsDigit(line[at - 1])) {
    --at;
  }
  return at > 0 && IsAnyOf(line[at - 1], ".,[({");
}

}  // namespace

Value ReadValue(std::string_view line, std::size_t at, bool has_spread) {
  const Wrapping plain{.begin = at};
  // "nan(ind)" is a number and not a type.
  const bool is_number = SkipNumber(line, at) != at;
  const Wrapping wrapping = is_number ? plain : ReadWrapping(line, at);
  const std::size_t begin = SkipBlanks(line, wrapping.begin);
  const std::size_t end = SkipNumber(line, begin);
  if (end != begin) {
    const Value value{.number = line.substr(begin, end - begin),
                      .unit = line.substr(end, SkipUnit(line, end) - end),
                      .end = end};
    if (!IsPartOfNumber(value.unit) && !IsOtherRadix(value.number, value.unit) &&
        IsClosed(line, end + value.unit.size(), wrapping, has_spread)) {
      return value;
    }
  }
  return {.end = std::min(line.find_first_of(" \t", at), line.size())};
}

bool GoesOn(std::string_view line, std::size_t at) {
  const char byte = ByteAt(line, at);
  const char before = at > 0 ? line[at - 1] : '\0';
  const char next = ByteAt(line, at + 1);
  if (!IsDigit(before) && !(before == '.' && at > 1 && IsDigit(line[at - 2]))) {
    return false;
  }
  if (IsDigit(byte) || SkipExponent(line, at) != at) {
    return true;
  }
  if (IsAnyOf(byte, "._")) {
    return IsDigit(next) || (byte == '.' && SkipExponent(line, at + 1) != at + 1);
  }
  if (IsAnyOf(byte, ",'")) {
    return IsDigit(next) && !IsInList(line, at);
  }
  if (IsAnyOf(byte, "dD")) {
    return IsDigit(next) || (IsAnyOf(next, "+-") && IsDigit(ByteAt(line, at + 2)));
  }
  return before == '0' && IsAnyOf(byte, "xX") && !(at > 1 && IsDigit(line[at - 2])) &&
         (IsDigit(next) || IsAnyOf(next, ".abcdefABCDEF"));
}

bool BeganBefore(std::string_view line, std::size_t at) {
  const char byte = ByteAt(line, at);
  if (at == 0 || (!IsDigit(byte) && byte != '.')) {
    return false;
  }
  const char before = line[at - 1];
  if (IsDigit(before)) {
    return true;
  }
  if (IsAnyOf(before, "._")) {
    return at > 1 && IsDigit(line[at - 2]);
  }
  // The sign of an exponent; or a minus, unless it joins words (top-5) or is a dash.
  if (at > 2 && IsAnyOf(before, "+-") && IsAnyOf(line[at - 2], "eE") && IsDigit(line[at - 3])) {
    return true;
  }
  const Character further = CharacterBefore(line, at - 1);
  return before == '-' && further != Character::kWord && further != Character::kJoint;
}

}  // namespace hone::metrics
