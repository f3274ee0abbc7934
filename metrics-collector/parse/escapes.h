// Escape sequences: control sequences that a program prints for a terminal and that are not visible
// as text: colours, the clearing of a line, titles, links (ECMA-48). Pure.
#pragma once

#include <string>

namespace hone::metrics {

/// Removes them from `line`. A sequence that moves the cursor is replaced by a tab: the texts left
/// and right of it are not one word.
void StripEscapes(std::string& line);

}  // namespace hone::metrics
