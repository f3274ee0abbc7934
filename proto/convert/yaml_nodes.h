// The nodes of a YAML text as its syntax gives them, before any meaning: scalars with their tags,
// aliases not expanded. The only place that knows yaml-cpp, whose events it collects and whose
// exceptions it catches; memory stays in proportion to the text. Pure.
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
  /// A scalar's text; of a null, the word for it, if one stands there.
  std::string text;
  /// The index after the node's last descendant. A map's children are key, value, key, ...
  std::size_t end = 0;
  /// The node that an alias stands for, never itself an alias nor around it.
  std::size_t target = 0;
};

/// One document: the root is at 0, each node stands before its children.
using YamlNodes = std::vector<YamlNode>;

/// The documents of `text`, those that are empty or null left out. `text` is checked UTF-8 with
/// line breaks "\n" and no byte order mark.
Result<std::vector<YamlNodes>> ParseYaml(std::string_view text, const ReadLimits& limits);

}  // namespace hone::proto
