#include "suggestion/server/trial_fingerprint.h"

#include "suggestion/server/wire_fields.h"

namespace hone::suggestion {
namespace {

/// Trial.spec, which contains the labels among other fields.
constexpr std::uint64_t kSpec = WireField::BytesTag(2);

/// Adds up the fields of a message, in whatever order they are. False if it is not well-formed, or
/// has a field that is not text or a message, as no trial has. No sum of two tags is a tag: the
/// fields of the spec have roles of their own.
bool AddFields(std::string_view message, std::uint64_t within, bool descends, Fingerprint& sum) {
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
      sum += FingerprintOf(within + field->tag, field->bytes);
    }
  }
  return fields.AtEnd();
}

}  // namespace

Fingerprint FingerprintOfTrial(std::string_view encoded) {
  Fingerprint sum;
  return AddFields(encoded, 0, true, sum) ? sum : FingerprintOf(0, encoded);
}

}  // namespace hone::suggestion
