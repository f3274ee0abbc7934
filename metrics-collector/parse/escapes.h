// Escape sequences: what a program prints for a terminal and nobody sees as text: colours, the
// clearing of a line, titles, links (ECMA-48). Pure.
#pragma once

#include <string>

namespace hone::metrics {

/// Takes them out of `line`. One that moves the cursor leaves a tab: what stands left and right of
/// it is not one word.
void StripEscapes(std::string& line);

}  // namespace hone::metrics
