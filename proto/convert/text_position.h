// Converts an offset in a text to a position, and makes the error that names it; decodes UTF-8 one
// character at a time. Shared by the readers and writers of this room. Pure.
#pragma once

#include <string>
#include <string_view>

#include "proto/convert/document.h"

namespace hone::proto {

/// One character; length 0 if the bytes there are not UTF-8 (overlong, surrogate, cut off).
struct Utf8Char {
  char32_t code = 0;
  std::size_t length = 0;
};
Utf8Char DecodeUtf8(std::string_view text, std::size_t offset);

/// True for characters that a terminal obeys instead of showing: C0, DEL, C1, Unicode's marks,
/// embeddings, overrides and isolates of direction, its line and paragraph separators, and the byte
/// order mark.
bool IsControl(char32_t code);

/// True for characters that YAML 1.1 allows unescaped in a text, except for the line break and the
/// tab.
bool IsPrintable(char32_t code);

/// The column counts bytes, as compilers do.
Position PositionAt(std::string_view text, std::size_t offset);

/// kInvalidArgument with the message "line:column: " + `what`.
tl::unexpected<Error> FailAt(Position position, std::string_view what);

/// Refuses a text of more than `limits.max_bytes`.
Status CheckSize(std::string_view text, const ReadLimits& limits);

}  // namespace hone::proto
