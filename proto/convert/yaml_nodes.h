// The nodes of a YAML text by its syntax, before they are interpreted: scalars with their tags,
// aliases not expanded. The only user of yaml-cpp, whose events it collects and whose exceptions it
// catches; memory is proportional to the text. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proto/convert/document.h"

namespace hone::proto {

struct YamlNode {
  enum class Kind { kNull, kScalar, kAlias, kSequence, kMap };
  Kind kind = Kind::kNull;
  Position at;
  /// "?" of a plain scalar, "!" of a quoted one or a block, else the tag in full.
  std::string tag;
  /// A scalar's text; for a null, its word in the text, if there is one.
  std::string text;
  /// The index after the node's last descendant. A map's children are key, value, key, ...
  std::size_t end = 0;
  /// The node that an alias refers to; it is not an alias itself, and does not contain this one.
  std::size_t target = 0;
};

/// One document: the root is at 0, and each node comes before its children.
using YamlNodes = std::vector<YamlNode>;

/// The documents of `text`, without those that are empty or null. `text` is valid UTF-8 with line
/// breaks "\n" and no byte order mark.
Result<std::vector<YamlNodes>> ParseYaml(std::string_view text, const ReadLimits& limits);

}  // namespace hone::proto
