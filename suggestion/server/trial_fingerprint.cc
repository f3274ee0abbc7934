#include "suggestion/server/trial_fingerprint.h"

#include "suggestion/server/wire_fields.h"

namespace hone::suggestion {
namespace {

/// Trial.spec, which contains the labels among other fields.
constexpr std::uint64_t kSpec = WireField::BytesTag(2);

/// Adds the fingerprints of a message's fields, so that their order does not matter. False if the
/// message is not well-formed, or has a field that is not text or a message, which no trial has.
/// `within`: the tag of the field that holds the message, 0 for a whole trial. The sum of two tags
/// is not a tag, so the fields of the spec have roles of their own.
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
