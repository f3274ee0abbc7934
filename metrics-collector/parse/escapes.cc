#include "metrics-collector/parse/escapes.h"

#include <cstddef>
#include <string_view>

namespace hone::metrics {
namespace {

constexpr char kEscape = '\x1b';
constexpr char kBell = '\a';

bool IsBetween(char byte, char first, char last) {
  return byte >= first && byte <= last;
}

std::size_t SkipBetween(std::string_view text, std::size_t at, char first, char last) {
  while (at < text.size() && IsBetween(text[at], first, last)) {
    ++at;
  }
  return at;
}

struct Sequence {
  std::size_t length = 0;
  bool moves_cursor = false;
};

/// ESC [ parameters, intermediates, final byte.
Sequence ReadControl(std::string_view text) {
  const std::size_t parameters = SkipBetween(text, 2, '0', '?');
  const std::size_t at = SkipBetween(text, parameters, ' ', '/');
  if (at == text.size() || !IsBetween(text[at], '@', '~')) {
    return {.length = at};
  }
  // Cursor movements: up, down, left, right, to a line, a column or a position.
  const bool moves = std::string_view("ABCDEFGHdf`").find(text[at]) != std::string_view::npos;
  return {.length = at + 1, .moves_cursor = moves};
}

/// ESC ] or a similar introducer, and text that ends with BEL or ESC backslash. If the text does
/// not end, only the introducer is removed.
Sequence ReadString(std::string_view text) {
  for (std::size_t at = 2; at < text.size(); ++at) {
    if (text[at] == kBell) {
      return {.length = at + 1};
    }
    if (text[at] == kEscape) {
      const bool ends = at + 1 < text.size() && text[at + 1] == '\\';
      return {.length = ends ? at + 2 : at};
    }
  }
  return {.length = 2};
}

/// `text` begins with ESC.
Sequence ReadSequence(std::string_view text) {
  if (text.size() < 2) {
    return {.length = 1};
  }
  if (text[1] == '[') {
    return ReadControl(text);
  }
  if (std::string_view("]P_^X").find(text[1]) != std::string_view::npos) {
    return ReadString(text);
  }
  const std::size_t at = SkipBetween(text, 1, ' ', '/');
  const bool has_final = at < text.size() && IsBetween(text[at], '0', '~');
  return {.length = at + (has_final ? 1 : 0)};
}

}  // namespace

void StripEscapes(std::string& line) {
  std::size_t at = line.find(kEscape);
  if (at == std::string::npos) {
    return;
  }
  const std::string_view text = line;
  std::size_t kept = at;
  while (at < text.size()) {
    if (text[at] == kEscape) {
      const Sequence sequence = ReadSequence(text.substr(at));
      at += sequence.length;
      if (sequence.moves_cursor) {
        line[kept++] = '\t';
      }
    } else {
      line[kept++] = text[at++];
    }
  }
  line.resize(kept);
}

}  // namespace hone::metrics
