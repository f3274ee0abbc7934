// Splits a C++ text into code, comments and literals, and finds its functions. Not a compiler: it
// relies on the formatting by clang-format.
#include <algorithm>
#include <array>
#include <cctype>

#include "tests/tidy/source_tree.h"

namespace hone::tidy {
namespace {

bool IsBlank(char c) {
  return c == ' ' || c == '\n' || c == '\t';
}

/// Scans a text and finds the end of the comment or literal at a position.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  [[nodiscard]] std::size_t EndOfComment(std::size_t at) const {
    if (text_.substr(at, 2) == "//") {
      return Bounded(text_.find('\n', at));
    }
    if (text_.substr(at, 2) == "/*") {
      const std::size_t end = text_.find("*/", at + 2);
      return end == std::string_view::npos ? text_.size() : end + 2;
    }
    return at;
  }

  [[nodiscard]] std::size_t EndOfLiteral(std::size_t at) const {
    const bool is_word_before = at > 0 && std::isalnum(static_cast<unsigned char>(text_[at - 1]));
    if (text_.substr(at, 2) == "R\"" && !is_word_before) {
      const std::size_t open = text_.find('(', at);
      const std::string close = ")" + std::string(text_.substr(at + 2, open - at - 2)) + "\"";
      const std::size_t end = text_.find(close, open);
      return end == std::string_view::npos ? text_.size() : end + close.size();
    }
    // A quote inside a number is a digit separator.
    if (text_[at] != '"' && (text_[at] != '\'' || is_word_before)) {
      return at;
    }
    std::size_t end = at + 1;
    while (end < text_.size() && text_[end] != text_[at] && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2U : 1U;
    }
    return Bounded(end + 1);
  }

 private:
  [[nodiscard]] std::size_t Bounded(std::size_t at) const { return std::min(at, text_.size()); }

  std::string_view text_;
};

/// The construct that an opening brace at namespace or class level begins.
enum class BlockKind { kScope, kFunction, kOther };

BlockKind KindOf(std::string_view head) {
  constexpr std::array kScopeWords = {"namespace", "class", "struct", "union", "enum", "extern"};
  if (head.find('(') == std::string_view::npos) {
    for (const char* word : kScopeWords) {
      if (!FindWord(head, word).empty()) {
        return BlockKind::kScope;
      }
    }
    return BlockKind::kOther;
  }
  return head.ends_with('=') ? BlockKind::kOther : BlockKind::kFunction;
}

std::string Squeeze(std::string_view text) {
  std::string squeezed;
  for (const char c : text) {
    if (!IsBlank(c)) {
      squeezed.push_back(c);
    } else if (!squeezed.empty() && squeezed.back() != ' ') {
      squeezed.push_back(' ');
    }
  }
  while (squeezed.ends_with(' ')) {
    squeezed.pop_back();
  }
  return squeezed;
}

/// Blanks out preprocessor lines: their braces need not match.
std::string WithoutDirectives(std::string code) {
  bool in_directive = false;
  bool at_line_start = true;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] == '\n') {
      in_directive = in_directive && i > 0 && code[i - 1] == '\\';
      at_line_start = true;
      continue;
    }
    in_directive = in_directive || (at_line_start && code[i] == '#');
    at_line_start = at_line_start && IsBlank(code[i]);
    if (in_directive && code[i] != '\\') {
      code[i] = ' ';
    }
  }
  return code;
}

std::size_t EndOfBlock(std::string_view code, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < code.size(); ++at) {
    depth += code[at] == '{' ? 1 : 0;
    depth -= code[at] == '}' ? 1 : 0;
    if (depth == 0) {
      return at;
    }
  }
  return code.size();
}

/// True after `a_{1}` in a constructor's list of members: the body is still to come.
bool IsMemberInitialiser(std::string_view code, std::size_t open, std::size_t close) {
  std::size_t next = close + 1;
  while (next < code.size() && IsBlank(code[next])) {
    ++next;
  }
  return !IsBlank(code[open - 1]) && next < code.size() && (code[next] == '{' || code[next] == ',');
}

}  // namespace

Source ParseSource(std::string path, std::string text) {
  Source source{std::move(path), std::move(text), {}, {}, {}};
  std::string blank = source.text;
  for (char& c : blank) {
    c = c == '\n' ? '\n' : ' ';
  }
  source.code = source.text;
  source.comments = blank;
  source.literals = blank;
  const Scanner scanner(source.text);
  for (std::size_t at = 0; at < source.text.size();) {
    const std::size_t comment_end = scanner.EndOfComment(at);
    const std::size_t end = comment_end > at ? comment_end : scanner.EndOfLiteral(at);
    if (end > at) {
      (comment_end > at ? source.comments : source.literals)
          .replace(at, end - at, source.text, at, end - at);
      source.code.replace(at, end - at, blank, at, end - at);
      at = end;
    } else {
      ++at;
    }
  }
  return source;
}

std::vector<Function> FunctionsOf(const Source& source) {
  const std::string code = WithoutDirectives(source.code);
  std::vector<Function> functions;
  std::size_t head_start = 0;
  for (std::size_t at = code.find_first_of("{};"); at != std::string::npos;
       at = code.find_first_of("{};", at + 1)) {
    head_start = std::min(code.find_first_not_of(" \n\t", head_start), at);
    const std::string head = Squeeze(std::string_view(code).substr(head_start, at - head_start));
    const BlockKind kind = code[at] == '{' ? KindOf(head) : BlockKind::kScope;
    if (kind == BlockKind::kScope) {
      head_start = at + 1;
      continue;
    }
    const std::size_t close = EndOfBlock(code, at);
    const bool is_initialiser =
        kind == BlockKind::kFunction && IsMemberInitialiser(code, at, close);
    if (kind == BlockKind::kFunction && !is_initialiser) {
      const std::size_t line = source.LineOf(head_start);
      functions.push_back(
          {head, source.text.substr(at, close - at), line, source.LineOf(close) - line + 1});
    }
    head_start = is_initialiser ? head_start : close + 1;
    at = close;
  }
  return functions;
}

}  // namespace hone::tidy
