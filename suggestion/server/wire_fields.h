// WireFields: the fields of an encoded message one after the other, as views of its bytes: what
// knows a long history by its bytes need not decode it. Pure; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace hone::suggestion {

struct WireField {
  /// Of text, bytes, and messages: field 1 has the tag 1 << 3 | 2.
  static constexpr std::uint64_t BytesTag(std::uint64_t number) { return number << 3U | 2U; }
  static constexpr std::uint64_t NumberTag(std::uint64_t number) { return number << 3U; }

  std::uint64_t tag = 0;
  /// The content, if the tag is that of bytes.
  std::string_view bytes;
  /// The value, if the tag is that of a number.
  std::uint64_t number = 0;

  [[nodiscard]] bool IsBytes() const { return (tag & 7U) == 2; }
};

class WireFields {
 public:
  explicit WireFields(std::string_view message) : rest_(message) {}
  /// Nothing at the end, and where what follows is no field. Groups, which proto3 does not have,
  /// are none.
  [[nodiscard]] std::optional<WireField> Next();
  /// True when Next has found nothing because all has been read.
  [[nodiscard]] bool AtEnd() const { return rest_.empty(); }

 private:
  [[nodiscard]] std::optional<WireField> Read();
  [[nodiscard]] std::optional<std::uint64_t> ReadVarint();

  std::string_view rest_;
};

}  // namespace hone::suggestion
