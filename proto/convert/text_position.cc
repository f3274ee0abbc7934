#include "proto/convert/text_position.h"

#include <algorithm>

namespace hone::proto {
namespace {

unsigned ByteAt(std::string_view text, std::size_t offset) {
  return static_cast<unsigned char>(text[offset]);
}

}  // namespace

Utf8Char DecodeUtf8(std::string_view text, std::size_t offset) {
  const unsigned lead = ByteAt(text, offset);
  if (lead < 0x80) {
    return {lead, 1};
  }
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || offset + length > text.size()) {
    return {};
  }
  char32_t code = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const unsigned byte = ByteAt(text, offset + i);
    if ((byte & 0xC0U) != 0x80) {
      return {};
    }
    code = (code << 6U) | (byte & 0x3FU);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kLeast[length] || code > 0x10FFFF || is_surrogate) {
    return {};
  }
  return {code, length};
}

bool IsControl(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x61C ||
         (code >= 0x200E && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

bool IsPrintable(char32_t code) {
  return (code >= 0x20 && code <= 0x7E) || code == 0x85 || (code >= 0xA0 && code <= 0xFFFD) ||
         code >= 0x10000;
}

Position PositionAt(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n');
  const std::size_t last_break = before.rfind('\n');
  const std::size_t column =
      last_break == std::string_view::npos ? before.size() : before.size() - last_break - 1;
  return {static_cast<int>(line) + 1, static_cast<int>(column) + 1};
}

tl::unexpected<Error> FailAt(Position position, std::string_view what) {
  std::string message =
      std::to_string(position.line) + ":" + std::to_string(position.column) + ": ";
  return Fail(Code::kInvalidArgument, message.append(what));
}

Status CheckSize(std::string_view text, const ReadLimits& limits) {
  if (text.size() <= limits.max_bytes) {
    return {};
  }
  return FailAt({1, 1},
                "the text has " + std::to_string(text.size()) + " bytes, at most " +
                    std::to_string(limits.max_bytes) + " are read");
}

}  // namespace hone::proto
