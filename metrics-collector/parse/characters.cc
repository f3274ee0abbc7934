#include "metrics-collector/parse/characters.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace hone::metrics {
namespace {

constexpr std::string_view kJoints = "/.-@#$%+\\~^";
constexpr std::size_t kBytesMax = 4;

bool IsContinuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

Character KindOfByte(char byte) {
  if (byte == ' ' || byte == '\t') {
    return Character::kBlank;
  }
  if (IsDigit(byte) || IsLetter(byte) || byte == '_') {
    return Character::kWord;
  }
  return kJoints.find(byte) != std::string_view::npos ? Character::kJoint : Character::kSign;
}

/// The class of `bytes`, one character outside ASCII.
Character KindOfWide(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes.front());
  const std::size_t length = first >= 0xF0U ? 4 : first >= 0xE0U ? 3 : 2;
  if (first < 0xC2U || bytes.size() != length) {
    return Character::kSign;  // not UTF-8
  }
  std::uint32_t code = first & (0xFFU >> (length + 1));
  for (const char byte : bytes.substr(1)) {
    code = (code << 6U) | (static_cast<unsigned char>(byte) & 0x3FU);
  }
  // Latin signs, times and division, punctuation to symbols with arrows and boxes, ideographic and
  // full-width punctuation, private use (icons), byte order mark, pictures.
  constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 11> kSigns = {{
      {0x80, 0xA9},
      {0xAB, 0xB4},
      {0xB6, 0xB9},
      {0xBB, 0xBF},
      {0xD7, 0xD7},
      {0xF7, 0xF7},
      {0x2000, 0x2BFF},
      {0x3000, 0x3020},
      {0xE000, 0xF8FF},
      {0xFE00, 0xFF0F},
      {0x1F000, 0x1FAFF},
  }};
  const bool is_sign = std::any_of(kSigns.begin(), kSigns.end(), [&](const auto& range) {
    return code >= range.first && code <= range.second;
  });
  return is_sign || (code >= 0xFF1A && code <= 0xFF20) ? Character::kSign : Character::kWord;
}

}  // namespace

bool IsDigit(char byte) {
  return byte >= '0' && byte <= '9';
}

bool IsLetter(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

char ToLower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte;
}

char ByteAt(std::string_view line, std::size_t at) {
  return at < line.size() ? line[at] : '\0';
}

Character CharacterAt(std::string_view line, std::size_t at) {
  if (at >= line.size()) {
    return Character::kNone;
  }
  if (static_cast<unsigned char>(line[at]) < 0x80U) {
    return KindOfByte(line[at]);
  }
  std::size_t end = at + 1;
  while (end < line.size() && end - at < kBytesMax && IsContinuation(line[end])) {
    ++end;
  }
  return KindOfWide(line.substr(at, end - at));
}

Character CharacterBefore(std::string_view line, std::size_t at) {
  if (at == 0) {
    return Character::kNone;
  }
  std::size_t begin = at - 1;
  while (begin > 0 && at - begin < kBytesMax && IsContinuation(line[begin])) {
    --begin;
  }
  if (static_cast<unsigned char>(line[begin]) < 0x80U) {
    return begin + 1 == at ? KindOfByte(line[begin]) : Character::kSign;
  }
  return KindOfWide(line.substr(begin, at - begin));
}

std::size_t SkipBlanks(std::string_view line, std::size_t at) {
  return std::min(line.find_first_not_of(" \t", at), line.size());
}

std::size_t SkipDigits(std::string_view line, std::size_t at) {
  while (IsDigit(ByteAt(line, at))) {
    ++at;
  }
  return at;
}

}  // namespace hone::metrics
