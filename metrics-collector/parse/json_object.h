// JSON objects of one line: the values of some of their keys, as text. A key of a nested object is
// named by its path, "metrics.loss". Pure; safe for any bytes and any depth, since no tree is built
// and nothing recurses.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hone::metrics {

struct JsonField {
  /// kOther: true, false, null, an object or an array.
  enum class Kind { kAbsent, kNumber, kText, kOther };
  Kind kind = Kind::kAbsent;
  /// A number is kept as it is written in the line.
  std::string text;
};

/// Reads the fields `keys` of the object `text`, in the order of `keys`; if a key is repeated, the
/// last value counts. Values in arrays have no path. NaN, Infinity and -Infinity, which Python's
/// json writes, are numbers. Nothing if `text` is not one JSON object; `fault` then says why.
std::optional<std::vector<JsonField>> ReadJsonObject(std::string_view text,
                                                     const std::vector<std::string>& keys,
                                                     std::string& fault);

/// The path of the first number or text in the object `text` that is `name` or ends with
/// ".<name>"; empty if there is none, or `text` is no object.
std::string FindJsonPath(std::string_view text, std::string_view name);

}  // namespace hone::metrics
