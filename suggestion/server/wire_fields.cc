#include "suggestion/server/wire_fields.h"

#include <limits>

namespace hone::suggestion {

std::optional<std::uint64_t> WireFields::ReadVarint() {
  constexpr std::size_t kBytesMax = 10;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kBytesMax && i < rest_.size(); ++i) {
    const auto byte = static_cast<unsigned char>(rest_[i]);
    value |= std::uint64_t{byte & 0x7FU} << (7 * i);
    if (byte < 0x80) {
      rest_.remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

std::optional<WireField> WireFields::Read() {
  const std::optional<std::uint64_t> tag = ReadVarint();
  if (!tag || *tag >> 3U == 0 || *tag > std::numeric_limits<std::uint32_t>::max()) {
    return std::nullopt;
  }
  WireField field;
  field.tag = *tag;
  std::uint64_t size = 0;
  switch (*tag & 7U) {
    case 0:
    case 2: {
      const std::optional<std::uint64_t> number = ReadVarint();
      if (!number) {
        return std::nullopt;
      }
      field.number = *number;
      size = field.IsBytes() ? *number : 0;
      break;
    }
    case 1:
      size = 8;
      break;
    case 5:
      size = 4;
      break;
    default:
      return std::nullopt;
  }
  if (size > rest_.size()) {
    return std::nullopt;
  }
  field.bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return field;
}

std::optional<WireField> WireFields::Next() {
  const std::string_view before = rest_;
  std::optional<WireField> field = Read();
  if (!field) {
    rest_ = before;  // so that AtEnd is false for bytes that cannot be read
  }
  return field;
}

}  // namespace hone::suggestion
