#include "suggestion/server/request_parts.h"

#include "suggestion/server/wire_fields.h"

namespace hone::suggestion {

std::optional<RequestParts> ReadParts(std::string_view request) {
  RequestParts parts;
  WireFields fields(request);
  while (const std::optional<WireField> field = fields.Next()) {
    switch (field->tag) {
      case WireField::BytesTag(1):
        parts.experiment += field->bytes;  // a message may be sent in several pieces
        break;
      case WireField::BytesTag(2):
        parts.trials.push_back(field->bytes);
        break;
      case WireField::NumberTag(4):
        parts.current_request_number = static_cast<std::int32_t>(field->number);
        break;
      case WireField::NumberTag(5):
        parts.total_request_number = static_cast<std::int32_t>(field->number);
        break;
      default:
        break;  // a field of a later version of the protocol
    }
  }
  if (!fields.AtEnd()) {
    return std::nullopt;
  }
  return parts;
}

}  // namespace hone::suggestion
