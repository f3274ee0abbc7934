#include "suggestion/server/trial_sum.h"

#include <functional>
#include <string_view>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

namespace hone::suggestion {
namespace {

using google::protobuf::internal::WireFormatLite;

/// Trial.spec, whose labels stand beside its other fields.
constexpr int kSpec = 2;

std::uint64_t Mix(std::uint64_t tag, std::string_view bytes) {
  // Stafford's variant 13 of a 64-bit finaliser: sums of what is left do not cancel out.
  std::uint64_t x = std::hash<std::string_view>()(bytes) + tag * 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

/// Adds up the fields of a message, in whatever order they are. False if it is not well-formed, or
/// has a field that is not text or a message, as no trial has.
bool AddFields(std::string_view message, std::uint64_t salt, bool descends, std::uint64_t& sum) {
  const auto* const begin =
      static_cast<const std::uint8_t*>(static_cast<const void*>(message.data()));
  google::protobuf::io::CodedInputStream input(begin, static_cast<int>(message.size()));
  while (const std::uint32_t tag = input.ReadTag()) {
    std::uint32_t size = 0;
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED ||
        !input.ReadVarint32(&size)) {
      return false;
    }
    const auto at = static_cast<std::size_t>(input.CurrentPosition());
    if (size > message.size() - at) {
      return false;
    }
    const std::string_view field = message.substr(at, size);
    if (descends && WireFormatLite::GetTagFieldNumber(tag) == kSpec) {
      if (!AddFields(field, tag, false, sum)) {
        return false;
      }
    } else {
      sum += Mix(salt + tag, field);
    }
    input.Skip(static_cast<int>(size));
  }
  return input.ConsumedEntireMessage();
}

}  // namespace

std::uint64_t SumOfTrial(const std::string& encoded) {
  std::uint64_t sum = 0;
  return AddFields(encoded, 0, true, sum) ? sum : std::hash<std::string>()(encoded);
}

}  // namespace hone::suggestion
