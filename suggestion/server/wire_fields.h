// WireFields: iterates over the fields of an encoded message, as views of its bytes, so that a
// server which recognises trials by their bytes need not decode a long history. Pure; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace hone::suggestion {

struct WireField {
  /// The tag of text, bytes and messages: field 1 has the tag 1 << 3 | 2.
  static constexpr std::uint64_t BytesTag(std::uint64_t number) { return number << 3U | 2U; }
  static constexpr std::uint64_t NumberTag(std::uint64_t number) { return number << 3U; }

  std::uint64_t tag = 0;
  /// The content, if the tag is a BytesTag.
  std::string_view bytes;
  /// The value, if the tag is a NumberTag.
  std::uint64_t number = 0;

  [[nodiscard]] bool IsBytes() const { return (tag & 7U) == 2; }
};

class WireFields {
 public:
  explicit WireFields(std::string_view message) : rest_(message) {}
  /// The next field; nothing at the end, or if the next bytes are not a field. Groups, which proto3
  /// does not have, do not count as fields.
  [[nodiscard]] std::optional<WireField> Next();
  /// True if Next returned nothing because all bytes have been read.
  [[nodiscard]] bool AtEnd() const { return rest_.empty(); }

 private:
  [[nodiscard]] std::optional<WireField> Read();
  [[nodiscard]] std::optional<std::uint64_t> ReadVarint();

  std::string_view rest_;
};

}  // namespace hone::suggestion
