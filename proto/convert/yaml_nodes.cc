#include "proto/convert/yaml_nodes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <istream>
#include <streambuf>
#include <system_error>
#include <utility>

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "proto/convert/text_position.h"

namespace hone::proto {
namespace {

using Kind = YamlNode::Kind;

constexpr std::string_view kTabIndents = "a tab indents this line, YAML allows spaces only";

Position PositionOf(const YAML::Mark& mark) {
  return mark.is_null() ? Position{1, 1} : Position{mark.line + 1, mark.column + 1};
}

/// The text as a stream that can be cut short: yaml-cpp's event handlers have no other way to stop
/// it.
class TextStream final : public std::streambuf {
 public:
  explicit TextStream(std::string_view text) {
    // A stream buffer never writes to its get area.
    char* const begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
  void CutShort() { setg(egptr(), egptr(), egptr()); }
};

/// Corrects the escapes \N and \_, for which yaml-cpp writes a single byte instead of UTF-8.
std::string MendEscapes(const std::string& text) {
  std::string mended;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = DecodeUtf8(text, i).length;
    if (length == 0) {
      mended += '\xC2';
    }
    mended.append(text, i, std::max<std::size_t>(length, 1));
    i += std::max<std::size_t>(length, 1);
  }
  return mended;
}

/// Replaces messages of yaml-cpp about its internals by what the user can do.
std::string Explain(const std::string& message) {
  using Row = std::pair<std::string_view, std::string_view>;
  const std::array<Row, 10> rows = {{
      {YAML::ErrorMsg::TAB_IN_INDENTATION, kTabIndents},
      {YAML::ErrorMsg::END_OF_MAP, "expected a key of the mapping above, check the indentation"},
      {YAML::ErrorMsg::END_OF_SEQ, "expected an item of the list above, check the indentation"},
      {YAML::ErrorMsg::END_OF_MAP_FLOW, "expected ',' or '}'"},
      {YAML::ErrorMsg::END_OF_SEQ_FLOW, "expected ',' or ']'"},
      {YAML::ErrorMsg::FLOW_END, "a ']' or '}' that closes nothing"},
      {YAML::ErrorMsg::MAP_VALUE,
       "a key is not allowed here, check the indentation or quote a value with ': '"},
      {YAML::ErrorMsg::BLOCK_ENTRY, "a list item is not allowed here, check the indentation"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN, "no value begins with this character, quote the value"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, "a quoted value is not closed"},
  }};
  if (message.starts_with(YAML::ErrorMsg::INVALID_UNICODE)) {
    return "an escape of half a character, write the character itself";
  }
  for (const auto& [theirs, ours] : rows) {
    if (message == theirs) {
      return std::string(ours);
    }
  }
  return message;
}

/// The word for null at the beginning of `text`; empty if there is none.
std::string NullWord(std::string_view text) {
  constexpr std::array<std::string_view, 4> kWords = {"~", "null", "Null", "NULL"};
  for (const std::string_view word : kWords) {
    if (text.starts_with(word)) {
      return std::string(word);
    }
  }
  return "";
}

/// Collects the events of all documents of a text. After the first error it ignores the rest.
class NodeCollector final : public YAML::EventHandler {
 public:
  NodeCollector(std::string_view text, const ReadLimits& limits, TextStream& stream)
      : text_(text), limits_(limits), stream_(stream) {}

  [[nodiscard]] const Status& status() const { return status_; }
  std::vector<YamlNodes> TakeDocuments() { return std::move(documents_); }

  void Refuse(Position at, std::string_view what) {
    if (status_) {
      status_ = FailAt(at, what);
      stream_.CutShort();
    }
  }

  void RefuseSyntax(const YAML::Exception& error) {
    const YAML::Mark& mark = error.mark;
    if (!mark.is_null() && TextAt(mark).empty()) {
      Refuse(PositionAt(text_, text_.size()), "the text ends too early: " + Explain(error.msg));
    } else if (!mark.is_null() && IsTabIndented(mark)) {
      Refuse(PositionOf(mark), kTabIndents);
    } else {
      Refuse(PositionOf(mark), Explain(error.msg));
    }
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    // yaml-cpp reads text after a root node as the next document.
    if (!is_first_document_ && !TextAt(mark).starts_with("---")) {
      Refuse(PositionOf(mark), "the document has ended before this, expected '---' or nothing");
    }
    is_first_document_ = false;
    nodes_.clear();
    open_.clear();
    anchors_.clear();
  }

  void OnDocumentEnd() override {
    if (status_ && nodes_[0].kind != Kind::kNull) {
      documents_.push_back(std::move(nodes_));
    }
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (status_ && !open_.empty()) {
      CheckNull(mark);
    }
    if (YamlNode* const node = Add(Kind::kNull, mark, anchor)) {
      node->text = NullWord(TextAt(mark));
    }
  }

  void OnScalar(const YAML::Mark& mark,
                const std::string& tag,
                YAML::anchor_t anchor,
                const std::string& value) override {
    if (YamlNode* const node = Add(Kind::kScalar, mark, anchor)) {
      node->tag = tag;
      node->text = MendEscapes(value);
    }
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::size_t target = anchors_[anchor - 1];
    if (status_ && nodes_[target].end == 0) {
      Refuse(PositionOf(mark), "the alias stands inside the node it names");
    }
    if (YamlNode* const node = Add(Kind::kAlias, mark, YAML::NullAnchor)) {
      node->target = target;
    }
  }

  void OnSequenceStart(const YAML::Mark& mark,
                       const std::string& /*tag*/,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    Open(Kind::kSequence, mark, anchor, style);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark,
                  const std::string& /*tag*/,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    Open(Kind::kMap, mark, anchor, style);
  }
  void OnMapEnd() override { Close(); }

 private:
  struct OpenNode {
    std::size_t index;
    bool is_flow;
  };

  /// Rejects two mistakes that yaml-cpp reads as null: `[a,, b]`, and a key without ':' in the last
  /// line, for which it reports the position of the key itself.
  void CheckNull(const YAML::Mark& mark) {
    const OpenNode& open = open_.back();
    const bool is_in_list = nodes_[open.index].kind == Kind::kSequence;
    if (is_in_list && open.is_flow && TextAt(mark).starts_with(',')) {
      Refuse(PositionOf(mark), "an item is missing before ','");
    }
    const bool follows_key =
        !is_in_list && !open.is_flow && nodes_.size() - 1 > open.index && !TextAt(mark).empty();
    if (follows_key && nodes_.back().at == PositionOf(mark)) {
      Refuse(PositionOf(mark), "expected ':' after this key");
    }
  }

  /// True if tabs are among the blanks in front of `mark` on its line.
  [[nodiscard]] bool IsTabIndented(const YAML::Mark& mark) const {
    const std::string_view line = TextFrom(mark.pos - mark.column);
    const auto column = static_cast<std::size_t>(mark.column);
    const std::string_view blanks = line.substr(0, std::min(line.find_first_not_of(" \t"), column));
    return blanks.find('\t') != std::string_view::npos;
  }

  /// Marks may be past the end, whose position yaml-cpp does not report exactly.
  [[nodiscard]] std::string_view TextFrom(int offset) const {
    return text_.substr(std::min(static_cast<std::size_t>(std::max(offset, 0)), text_.size()));
  }
  [[nodiscard]] std::string_view TextAt(const YAML::Mark& mark) const { return TextFrom(mark.pos); }

  /// The new node, or none after an error.
  YamlNode* Add(Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      anchors_.push_back(nodes_.size());
    }
    const bool is_in_flow = !open_.empty() && open_.back().is_flow;
    if (!is_in_flow && IsTabIndented(mark)) {
      Refuse(PositionOf(mark), kTabIndents);
    }
    if (++node_count_ > limits_.max_nodes) {
      Refuse(PositionOf(mark), "more than " + std::to_string(limits_.max_nodes) + " nodes");
    }
    if (!status_) {
      return nullptr;
    }
    YamlNode& node = nodes_.emplace_back();
    node.kind = kind;
    node.at = PositionOf(mark);
    node.end = nodes_.size();
    return &node;
  }

  void Open(Kind kind,
            const YAML::Mark& mark,
            YAML::anchor_t anchor,
            YAML::EmitterStyle::value style) {
    if (open_.size() >= static_cast<std::size_t>(limits_.max_depth)) {
      Refuse(PositionOf(mark), "nested more than " + std::to_string(limits_.max_depth) + " deep");
    }
    if (YamlNode* const node = Add(kind, mark, anchor)) {
      node->end = 0;
      open_.push_back({nodes_.size() - 1, style == YAML::EmitterStyle::Flow});
    }
  }

  void Close() {
    if (status_) {
      nodes_[open_.back().index].end = nodes_.size();
      open_.pop_back();
    }
  }

  const std::string_view text_;
  const ReadLimits& limits_;
  TextStream& stream_;
  Status status_;
  std::vector<YamlNodes> documents_;
  bool is_first_document_ = true;
  std::size_t node_count_ = 0;

  // The document being read.
  YamlNodes nodes_;
  std::vector<OpenNode> open_;
  /// yaml-cpp numbers the anchors of a document from 1.
  std::vector<std::size_t> anchors_;
};

/// Within a flow collection, yaml-cpp may hold the tokens of the whole text before the first event;
/// each costs about 100 bytes. A text of `max_nodes` nodes needs no more marks than this limit.
Status CheckFlowMarks(std::string_view text, const ReadLimits& limits) {
  std::size_t marks = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    constexpr std::string_view kFlowMarks = "[]{},";
    if (kFlowMarks.find(text[i]) == std::string_view::npos) {
      continue;
    }
    if (++marks > 2 * limits.max_nodes) {
      return FailAt(PositionAt(text, i),
                    "more than " + std::to_string(2 * limits.max_nodes) + " of the marks []{},");
    }
  }
  return {};
}

/// yaml-cpp accepts a quoted value without its closing quote if the text ends with blanks after a
/// line break. If a comment follows, it reports the mistake.
std::string_view EndMark(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t");
  if (last == std::string_view::npos || text[last] != '\n') {
    return "";
  }
  return last + 1 == text.size() ? "#" : "\n#";
}

/// The surrogate at the beginning of `text`, written \ud83d; 0 if there is none.
std::uint32_t ReadHalf(std::string_view text) {
  std::uint32_t code = 0;
  if (!text.starts_with("\\u") || text.size() < 6) {
    return 0;
  }
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 6, code, 16);
  return error == std::errc() && end == text.data() + 6 && code >= 0xD800 && code <= 0xDFFF ? code
                                                                                            : 0;
}

/// JSON writes a character beyond 16 bits as two surrogates, "\ud83d\udca5", YAML as one escape,
/// "\U0001f4a5". Columns after it are two less.
std::string JoinHalves(std::string_view json) {
  std::string joined;
  while (!json.empty()) {
    const std::size_t plain = std::min(json.find('\\'), json.size());
    joined.append(json.substr(0, plain));
    json.remove_prefix(plain);
    const std::uint32_t high = ReadHalf(json);
    const std::uint32_t low = high == 0 ? 0 : ReadHalf(json.substr(6));
    if (high != 0 && high < 0xDC00 && low >= 0xDC00) {
      const std::uint32_t code = 0x10000 + ((high - 0xD800) << 10U) + (low - 0xDC00);
      std::array<char, 8> digits{};
      const auto [end, error] =
          std::to_chars(digits.data(), digits.data() + digits.size(), code, 16);
      const std::string_view hex(digits.data(), static_cast<std::size_t>(end - digits.data()));
      joined.append("\\U").append(8 - hex.size(), '0').append(hex);
      json.remove_prefix(12);
    } else {
      // A backslash and the character after it.
      joined.append(json.substr(0, 2));
      json.remove_prefix(std::min<std::size_t>(json.size(), 2));
    }
  }
  return joined;
}

bool IsJson(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

}  // namespace

Result<std::vector<YamlNodes>> ParseYaml(std::string_view text, const ReadLimits& limits) {
  HONE_RETURN_IF_ERROR(CheckFlowMarks(text, limits));
  std::string joined;
  if (IsJson(text)) {
    joined = JoinHalves(text);
    text = joined;
  }
  const std::string closed = std::string(text).append(EndMark(text));
  TextStream buffer(closed);
  std::istream stream(&buffer);
  NodeCollector collector(text, limits, buffer);
  try {
    YAML::Parser parser(stream);
    while (collector.status() && parser.HandleNextDocument(collector)) {
    }
  } catch (const YAML::DeepRecursion& error) {
    collector.Refuse(PositionOf(error.mark), "nested too deep");
  } catch (const YAML::Exception& error) {
    collector.RefuseSyntax(error);
  } catch (const std::exception& error) {
    collector.Refuse({1, 1}, error.what());
  }
  HONE_RETURN_IF_ERROR(collector.status());
  return collector.TakeDocuments();
}

}  // namespace hone::proto
