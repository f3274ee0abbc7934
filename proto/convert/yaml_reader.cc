#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "proto/convert/document.h"
#include "proto/convert/text_position.h"
#include "proto/convert/yaml_nodes.h"
#include "proto/convert/yaml_scalar.h"
#include "proto/model/observation.h"

namespace hone::proto {
namespace {

using Kind = YamlNode::Kind;

constexpr std::string_view kYamlTag = "tag:yaml.org,2002:";

bool IsMergeKey(const YamlNode& key) {
  return key.kind == Kind::kScalar && key.text == "<<" &&
         (key.tag == "?" || key.tag == "tag:yaml.org,2002:merge");
}

/// `text` in quotes, shortened, for messages to users.
std::string Quote(const std::string& text) {
  constexpr std::size_t kShown = 60;
  return text.size() <= kShown ? "\"" + text + "\"" : "\"" + text.substr(0, kShown) + "...\"";
}

/// The value of a scalar whose tag is !!`type`.
Status ReadTagged(const YamlNode& node, std::string_view type, Json& out) {
  if (type == "str" || type == "timestamp") {
    out = node.text;
    return {};
  }
  out = ResolvePlain(node.text);
  if (type == "float" && out.is_number()) {
    out = out.get<double>();
  }
  const bool fits = type == "null"    ? out.is_null()
                    : type == "bool"  ? out.is_boolean()
                    : type == "int"   ? out.is_number_integer()
                    : type == "float" ? out.is_number()
                                      : false;
  if (!fits) {
    return FailAt(node.at, Quote(node.text) + " cannot be read as !!" + std::string(type));
  }
  return {};
}

Status ReadScalar(const YamlNode& node, Json& out) {
  if (node.tag == "?") {
    out = ResolvePlain(node.text);
  } else if (node.tag.starts_with(kYamlTag)) {
    HONE_RETURN_IF_ERROR(ReadTagged(node, node.tag.substr(kYamlTag.size()), out));
  } else {
    out = node.text;
  }
  if (out.is_number_float() && !std::isfinite(out.get<double>())) {
    return FailAt(node.at, node.text + " is not a number of JSON, quote it if it is meant as text");
  }
  return {};
}

/// Appends `.key`, or `[key]` if the key itself looks like a path.
void AppendKey(std::string& path, const std::string& key) {
  if (key.empty() || key.find_first_of(".[]") != std::string::npos) {
    path.append("[").append(key).append("]");
    return;
  }
  path.append(path.empty() ? "" : ".").append(key);
}

/// The remaining budget, shared by all documents of a text.
struct Budget {
  std::size_t nodes;
  /// Bytes of text that aliases repeat.
  std::size_t alias_bytes;
  /// Field paths in Document::positions.
  std::size_t path_bytes;
  /// Document::written.
  std::size_t written_bytes;
};

/// Interprets the nodes of one document: expands aliases, merges maps, resolves scalars.
class TreeReader {
 public:
  TreeReader(const YamlNodes& nodes, const ReadLimits& limits, Budget& budget)
      : nodes_(nodes), limits_(limits), budget_(budget) {}

  Result<Document> Read() {
    Document document;
    Record(nodes_[0].at);
    HONE_RETURN_IF_ERROR(ReadNode(0, 0, document.value));
    document.positions = std::move(positions_);
    document.written = std::move(written_);
    return document;
  }

 private:
  /// `depth` is the number of containers around the node.
  Status ReadNode(std::size_t index, int depth, Json& out) {
    const YamlNode& node = nodes_[index];
    HONE_RETURN_IF_ERROR(Spend(node));
    switch (node.kind) {
      case Kind::kNull:
        out = nullptr;
        return Keep(node, out);
      case Kind::kScalar:
        HONE_RETURN_IF_ERROR(ReadScalar(node, out));
        return Keep(node, out);
      case Kind::kAlias:
        return ReadAlias(node, depth, out);
      case Kind::kSequence:
      case Kind::kMap:
        break;
    }
    if (depth >= limits_.max_depth) {
      return Refuse(node, "nested more than " + std::to_string(limits_.max_depth) + " deep");
    }
    return node.kind == Kind::kMap ? ReadMap(index, depth, out) : ReadSequence(index, depth, out);
  }

  Status ReadAlias(const YamlNode& alias, int depth, Json& out) {
    const bool is_outermost = alias_ == nullptr;
    if (is_outermost) {
      alias_ = &alias;
    }
    HONE_RETURN_IF_ERROR(ReadNode(alias.target, depth, out));
    if (is_outermost) {
      alias_ = nullptr;
    }
    return {};
  }

  Status ReadSequence(std::size_t index, int depth, Json& out) {
    out = Json::array();
    const std::size_t end = nodes_[index].end;
    for (std::size_t item = index + 1; item < end; item = nodes_[item].end) {
      const std::size_t path_size = path_.size();
      path_ += "[" + std::to_string(out.size()) + "]";
      Record(nodes_[item].at);
      HONE_RETURN_IF_ERROR(ReadNode(item, depth + 1, out.emplace_back(nullptr)));
      path_.resize(path_size);
    }
    return {};
  }

  Status ReadMap(std::size_t index, int depth, Json& out) {
    out = Json::object();
    std::vector<std::size_t> merge_keys;
    const std::size_t end = nodes_[index].end;
    for (std::size_t key = index + 1; key < end; key = nodes_[nodes_[key].end].end) {
      if (IsMergeKey(nodes_[key])) {
        merge_keys.push_back(key);
      } else {
        HONE_RETURN_IF_ERROR(ReadEntry(key, depth, out));
      }
    }
    return MergeAll(merge_keys, depth, out);
  }

  Status ReadEntry(std::size_t key, int depth, Json& out) {
    HONE_ASSIGN_OR_RETURN(const std::string name, ReadKey(key));
    return ReadEntry(name, key, depth, out);
  }

  Status ReadEntry(const std::string& name, std::size_t key, int depth, Json& out) {
    const std::size_t path_size = path_.size();
    AppendKey(path_, name);
    const auto [slot, is_new] = out.emplace(name, nullptr);
    if (!is_new) {
      return Refuse(nodes_[key], "duplicate key " + Quote(name) + FirstAt(path_));
    }
    Record(nodes_[key].at);
    HONE_RETURN_IF_ERROR(ReadNode(nodes_[key].end, depth + 1, *slot));
    path_.resize(path_size);
    return {};
  }

  Result<std::string> ReadKey(std::size_t index) {
    const YamlNode& written = nodes_[index];
    const YamlNode& key = nodes_[Target(index)];
    HONE_RETURN_IF_ERROR(Spend(key));
    if (key.kind != Kind::kScalar) {
      return Refuse(written, "a key must be a scalar that is not null");
    }
    Json scalar;
    HONE_RETURN_IF_ERROR(ReadScalar(key, scalar));
    if (scalar.is_null()) {
      return Refuse(written, "a key must be a scalar that is not null");
    }
    return KeyText(scalar);
  }

  /// Adds the maps that the `<<` key of a map names. The map's own keys take precedence, wherever
  /// `<<` stands.
  Status MergeAll(const std::vector<std::size_t>& merge_keys, int depth, Json& out) {
    if (merge_keys.size() > 1) {
      return Refuse(nodes_[merge_keys[1]], "duplicate key \"<<\"");
    }
    if (merge_keys.empty()) {
      return {};
    }
    const std::size_t index = nodes_[merge_keys[0]].end;
    const YamlNode* const outer = std::exchange(alias_, alias_ ? alias_ : &nodes_[index]);
    HONE_RETURN_IF_ERROR(MergeSources(index, depth, out));
    alias_ = outer;
    return {};
  }

  /// If several maps of a list have the same key, the first one counts.
  Status MergeSources(std::size_t index, int depth, Json& out) {
    const std::size_t source = Target(index);
    HONE_RETURN_IF_ERROR(Spend(nodes_[source]));
    if (nodes_[source].kind == Kind::kMap) {
      return MergeMap(source, depth + 1, out);
    }
    const std::size_t end = nodes_[source].kind == Kind::kSequence ? nodes_[source].end : 0;
    bool has_maps = end > source + 1;
    for (std::size_t item = source + 1; item < end && has_maps; item = nodes_[item].end) {
      const std::size_t map = Target(item);
      has_maps = nodes_[map].kind == Kind::kMap;
      HONE_RETURN_IF_ERROR(has_maps ? MergeMap(map, depth + 1, out) : Status());
    }
    return has_maps || end == source + 1
               ? Status()
               : Refuse(nodes_[index], "<< merges a mapping or a list of mappings");
  }

  /// Adds the entries of a map that `out` does not have yet.
  Status MergeMap(std::size_t index, int depth, Json& out) {
    if (depth >= limits_.max_depth) {
      return Refuse(nodes_[index], "nested more than " + std::to_string(depth) + " deep");
    }
    HONE_RETURN_IF_ERROR(Spend(nodes_[index]));
    std::vector<std::size_t> merge_keys;
    std::set<std::string> names;
    const std::size_t end = nodes_[index].end;
    for (std::size_t key = index + 1; key < end; key = nodes_[nodes_[key].end].end) {
      if (IsMergeKey(nodes_[key])) {
        merge_keys.push_back(key);
        continue;
      }
      HONE_ASSIGN_OR_RETURN(const std::string name, ReadKey(key));
      if (!names.insert(name).second) {
        return Refuse(nodes_[key], "duplicate key " + Quote(name));
      }
      HONE_RETURN_IF_ERROR(out.contains(name) ? Status() : ReadEntry(name, key, depth, out));
    }
    return MergeAll(merge_keys, depth, out);
  }

  [[nodiscard]] std::size_t Target(std::size_t index) const {
    return nodes_[index].kind == Kind::kAlias ? nodes_[index].target : index;
  }

  Status Spend(const YamlNode& node) {
    if (budget_.nodes == 0) {
      return Refuse(node,
                    "more than " + std::to_string(limits_.max_nodes) +
                        " nodes after the expansion of aliases");
    }
    --budget_.nodes;
    if (alias_ == nullptr) {
      return {};
    }
    if (budget_.alias_bytes < node.text.size()) {
      return Refuse(node,
                    "aliases repeat more than " + std::to_string(limits_.max_bytes) + " bytes");
    }
    budget_.alias_bytes -= node.text.size();
    return {};
  }

  /// An error at `node`, or at the alias that refers to it.
  [[nodiscard]] tl::unexpected<Error> Refuse(const YamlNode& node, const std::string& what) const {
    return FailAt(alias_ != nullptr ? alias_->at : node.at, what);
  }

  [[nodiscard]] std::string FirstAt(const std::string& path) const {
    const auto first = positions_.find(path);
    return first == positions_.end() ? ""
                                     : ", first at " + std::to_string(first->second.line) + ":" +
                                           std::to_string(first->second.column);
  }

  /// Stores the spelling of a scalar that is not a text, if its value would be written differently.
  Status Keep(const YamlNode& scalar, const Json& value) {
    const std::string text =
        value.is_number_float() ? FormatNumber(value.get<double>()) : value.dump();
    if (value.is_string() || scalar.text.empty() || (text == scalar.text && !value.is_null())) {
      return {};
    }
    const std::size_t bytes = path_.size() + scalar.text.size();
    if (budget_.written_bytes < bytes) {
      return Refuse(scalar, "too many numbers to keep each as it is written, quote them");
    }
    budget_.written_bytes -= bytes;
    written_.emplace(path_, scalar.text);
    return {};
  }

  /// Fields from an alias have no position of their own: Find returns that of their nearest
  /// ancestor.
  void Record(Position at) {
    if (alias_ == nullptr && budget_.path_bytes >= path_.size()) {
      budget_.path_bytes -= path_.size();
      positions_.emplace(path_, at);
    }
  }

  const YamlNodes& nodes_;
  const ReadLimits& limits_;
  Budget& budget_;
  std::map<std::string, Position> positions_;
  WrittenScalars written_;
  /// The field being read.
  std::string path_;
  /// The alias or merge key that is being expanded, if any.
  const YamlNode* alias_ = nullptr;
};

/// Rejects what no YAML text contains: bytes that are not UTF-8, NUL and other control characters.
Status CheckCharacters(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto [code, length] = DecodeUtf8(text, i);
    if (length == 0) {
      return FailAt(PositionAt(text, i), "the text is not UTF-8");
    }
    if (!IsPrintable(code) && code != '\n' && code != '\t' && code != '\r') {
      return FailAt(PositionAt(text, i),
                    "control character " + std::to_string(static_cast<unsigned>(code)) +
                        ", is this a text? In double quotes it may be written as an escape");
    }
    i += length;
  }
  return {};
}

std::string WithPlainLineBreaks(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && text.substr(i + 1).starts_with('\n')) {
      continue;
    }
    out += text[i] == '\r' ? '\n' : text[i];
  }
  return out;
}

}  // namespace

Result<std::vector<Document>> ReadYaml(std::string_view text, const ReadLimits& limits) {
  HONE_RETURN_IF_ERROR(CheckSize(text, limits));
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  HONE_RETURN_IF_ERROR(CheckCharacters(text));
  std::string rewritten;
  if (text.find('\r') != std::string_view::npos) {
    rewritten = WithPlainLineBreaks(text);
    text = rewritten;
  }
  HONE_ASSIGN_OR_RETURN(const std::vector<YamlNodes> parsed, ParseYaml(text, limits));
  Budget budget{limits.max_nodes, limits.max_bytes, 4 * limits.max_bytes, 8 * limits.max_bytes};
  std::vector<Document> documents;
  for (const YamlNodes& nodes : parsed) {
    HONE_ASSIGN_OR_RETURN(documents.emplace_back(), TreeReader(nodes, limits, budget).Read());
  }
  return documents;
}

}  // namespace hone::proto
