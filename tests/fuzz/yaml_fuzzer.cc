// Any bytes as YAML: reading terminates, and a document that was read is equal after writing and
// reading.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proto/convert/document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const hone::proto::ReadLimits small{.max_bytes = 64 * 1024, .max_depth = 50, .max_nodes = 5000};
  const auto documents = hone::proto::ReadYaml(text, small);
  if (!documents) {
    return 0;
  }
  for (const auto& document : *documents) {
    // A null document cannot be written.
    if (document.value.is_null()) {
      continue;
    }
    const auto again = hone::proto::ReadYaml(hone::proto::WriteYaml(document.value));
    HONE_CHECK(again.has_value() && again->size() == 1);
    HONE_CHECK(again->front().value == document.value);
  }
  return 0;
}
