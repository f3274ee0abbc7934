#include "suggestion/server/trial_fingerprint.h"

#include <functional>

#include "proto/core/mixed_bits.h"
#include "suggestion/server/wire_fields.h"

namespace hone::suggestion {
namespace {

/// Trial.spec, which contains the labels among other fields.
constexpr std::uint64_t kSpec = WireField::BytesTag(2);

std::uint64_t Mix(std::uint64_t tag, std::string_view bytes) {
  return Finalised(std::hash<std::string_view>()(bytes) + tag * kGoldenStep);
}

/// Adds the hashes of a message's fields, so that their order does not matter. False if the message
/// is not well-formed, or has a field that is not text or a message, which no trial has.
bool AddFields(std::string_view message, std::uint64_t salt, bool descends, std::uint64_t& sum) {
  WireFields fields(message);
  while (const std::optional<WireField> field = fields.Next()) {
    if (!field->IsBytes()) {
      return false;
    }
    if (descends && field->tag == kSpec) {
      if (!AddFields(field->bytes, field->tag, false, sum)) {
        return false;
      }
    } else {
      sum += Mix(salt + field->tag, field->bytes);
    }
  }
  return fields.AtEnd();
}

}  // namespace

std::uint64_t SumOfTrial(std::string_view encoded) {
  std::uint64_t sum = 0;
  return AddFields(encoded, 0, true, sum) ? sum : std::hash<std::string_view>()(encoded);
}

}  // namespace hone::suggestion
