#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "proto/convert/document.h"
#include "proto/convert/text_position.h"
#include "proto/convert/yaml_scalar.h"

namespace hone::proto {
namespace {

/// Replaces bytes that are not UTF-8.
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// YAML allows a key of 1024 characters before its ':' on one line.
constexpr std::size_t kSimpleKeyBytes = 1000;

/// True for a character that needs no escape in any style, for any reader of YAML. False for
/// Unicode's line breaks, its byte order mark and blanks that are hard to see.
bool IsPlainPrintable(char32_t code) {
  return IsPrintable(code) && code != 0x85 && code != 0xA0 && code != 0x2028 && code != 0x2029 &&
         code != 0xFEFF;
}

bool IsAllPrintable(std::string_view line, char32_t also_allowed = 0x20) {
  for (std::size_t i = 0; i < line.size();) {
    const auto [code, length] = DecodeUtf8(line, i);
    if (length == 0 || !(IsPlainPrintable(code) || code == also_allowed)) {
      return false;
    }
    i += length;
  }
  return true;
}

/// True for texts that some reader of YAML takes for a number or a date, such as 1:30 and
/// 2026-01-31.
bool LooksLikeNumber(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::string_view kMarks = "0123456789+-._: ";
  constexpr std::string_view kAll = "0123456789+-._: abcdefABCDEFxXoOTZ";
  const bool has_digit = text.find_first_of(kDigits) != std::string_view::npos;
  return text.find_first_of("0123456789+-.") == 0 &&
         text.find_first_not_of(has_digit ? kAll : kMarks) == std::string_view::npos;
}

/// True if `text` can be written without quotes and is read back as the same text.
bool IsPlain(std::string_view text) {
  constexpr std::string_view kIndicators = "?:,[]{}#&*!|>'\"%@`=";
  if (text.empty() || text == "<<" || text.front() == ' ' || text.back() == ' ' ||
      text.back() == ':' || kIndicators.find(text.front()) != std::string_view::npos) {
    return false;
  }
  if (text.starts_with("- ") || text.starts_with("---") || text.starts_with("...") ||
      text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos) {
    return false;
  }
  return !LooksLikeNumber(text) && IsAllPrintable(text) && ResolvePlain(text).is_string();
}

std::string SingleQuoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out.append(c == '\'' ? 2 : 1, c);
  }
  return out += '\'';
}

void AppendEscaped(std::string& out, char32_t code) {
  constexpr std::array<std::pair<char32_t, std::string_view>, 5> kShort = {
      {{'"', "\\\""}, {'\\', "\\\\"}, {'\n', "\\n"}, {'\t', "\\t"}, {'\r', "\\r"}}};
  for (const auto& [character, escape] : kShort) {
    if (code == character) {
      out += escape;
      return;
    }
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  out += code < 0x100 ? "\\x" : "\\u";
  for (int shift = code < 0x100 ? 4 : 12; shift >= 0; shift -= 4) {
    out += kHex[(code >> static_cast<unsigned>(shift)) & 0xFU];
  }
}

std::string DoubleQuoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const auto [code, length] = DecodeUtf8(text, i);
    if (length == 0) {
      out += kReplacement;
    } else if (code == '"' || code == '\\' || !IsPlainPrintable(code)) {
      AppendEscaped(out, code);
    } else {
      out += text.substr(i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  return out += '"';
}

/// `text` on one line, in the style that is easiest to read.
std::string OneLine(std::string_view text) {
  if (IsPlain(text)) {
    return std::string(text);
  }
  const bool needs_escapes = text.find_first_of("\"\\") != std::string_view::npos;
  return needs_escapes && IsAllPrintable(text) ? SingleQuoted(text) : DoubleQuoted(text);
}

/// True if a literal block reads back as exactly `text`: it has no line of blanks only, and no
/// first line that would change the indentation.
bool IsLiteral(std::string_view text) {
  if (text.find('\n') == std::string_view::npos || text.find_first_of(" \t\n") == 0) {
    return false;
  }
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const bool is_blank = !line.empty() && line.find_first_not_of(" \t") == std::string_view::npos;
    if (is_blank || !IsAllPrintable(line, '\t')) {
      return false;
    }
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return true;
}

/// A number as in JSON, but with a '.' before an exponent, since some readers take it for a text
/// otherwise.
std::string NumberText(const Json& number) {
  if (number.is_number_float() && !std::isfinite(number.get<double>())) {
    return "null";
  }
  std::string text = number.dump();
  const std::size_t exponent = text.find('e');
  if (exponent != std::string::npos && text.find('.') == std::string::npos) {
    text.insert(exponent, ".0");
  }
  return text;
}

/// The members of `map` in the order in which people expect them.
std::vector<const Json::object_t::value_type*> Sorted(const Json::object_t& map) {
  constexpr std::array<std::string_view, 6> kFirst = {
      "apiVersion", "kind", "metadata", "spec", "status", "name"};
  std::vector<const Json::object_t::value_type*> members;
  for (const std::string_view key : kFirst) {
    const auto found = map.find(std::string(key));
    if (found != map.end()) {
      members.push_back(&*found);
    }
  }
  for (const auto& member : map) {
    if (std::find(kFirst.begin(), kFirst.end(), member.first) == kFirst.end()) {
      members.push_back(&member);
    }
  }
  return members;
}

/// Writes in kubectl's layout: two blanks for each level, the items of a list below its key.
class YamlWriter {
 public:
  /// Writes `value` after the text that is on the line already, and ends the line. The next lines
  /// are indented by `indent`.
  void WriteValue(const Json& value, std::size_t indent) {
    if (value.is_object() && !value.empty()) {
      WriteMembers(value.get_ref<const Json::object_t&>(), indent);
    } else if (value.is_array() && !value.empty()) {
      WriteItems(value, indent);
    } else {
      WriteScalar(value, indent);
    }
  }

  std::string Take() { return std::move(out_); }

 private:
  /// The first member or item continues the line.
  void Indent(std::size_t indent, bool is_first) { out_.append(is_first ? 0 : indent, ' '); }

  void WriteMembers(const Json::object_t& map, std::size_t indent) {
    bool is_first = true;
    for (const auto* const member : Sorted(map)) {
      Indent(indent, std::exchange(is_first, false));
      const std::string key = OneLine(member->first);
      if (key.size() > kSimpleKeyBytes) {
        out_ += "? " + key + "\n";
        Indent(indent, false);
      } else {
        out_ += key;
      }
      out_ += ":";
      WriteMember(member->second, indent);
    }
  }

  void WriteMember(const Json& value, std::size_t indent) {
    const bool is_nested = value.is_structured() && !value.empty();
    const std::size_t inner = value.is_array() ? indent : indent + 2;
    if (is_nested) {
      out_ += '\n';
      Indent(inner, false);
    } else {
      out_ += ' ';
    }
    WriteValue(value, inner);
  }

  void WriteItems(const Json& list, std::size_t indent) {
    bool is_first = true;
    for (const Json& item : list) {
      Indent(indent, std::exchange(is_first, false));
      out_ += "- ";
      WriteValue(item, indent + 2);
    }
  }

  void WriteScalar(const Json& value, std::size_t indent) {
    if (value.is_string()) {
      WriteText(value.get_ref<const std::string&>(), indent);
    } else {
      out_ += (value.is_number() ? NumberText(value) : value.dump()) + "\n";
    }
  }

  void WriteText(std::string_view text, std::size_t indent) {
    if (!IsLiteral(text)) {
      out_ += OneLine(text) + "\n";
      return;
    }
    const bool ends_line = text.back() == '\n';
    out_ += !ends_line ? "|-" : text.ends_with("\n\n") ? "|+" : "|";
    out_ += '\n';
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      Indent(line.empty() ? 0 : indent, false);
      out_.append(line).append("\n");
      text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
  }

  std::string out_;
};

}  // namespace

std::string WriteYaml(const Json& value) {
  YamlWriter writer;
  // The text of a literal block at the root needs no indentation, but two blanks cost nothing and
  // keep a line "---" in it from ending the document.
  writer.WriteValue(value, value.is_string() ? 2 : 0);
  return writer.Take();
}

}  // namespace hone::proto
