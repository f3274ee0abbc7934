// RequestParts: the outermost fields of a GetSuggestionsRequest. A server that recognises an
// experiment and most of a long history by their bytes decodes only the rest. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hone::suggestion {

struct RequestParts {
  /// An encoded api.v1.beta1.Experiment.
  std::string experiment;
  /// Encoded messages of kind api.v1.beta1.Trial: views of the request's bytes.
  std::vector<std::string_view> trials;
  std::int32_t current_request_number = 0;
  std::int32_t total_request_number = 0;
};

/// Nothing if the bytes are not a message of that kind.
std::optional<RequestParts> ReadParts(std::string_view request);

}  // namespace hone::suggestion
