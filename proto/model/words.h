// The words of the wire for the enumerations of proto/model, back from text; ToText, the other way,
// stands beside each enumeration. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

/// Nothing for a word that is not one of the enumeration's.
template <typename Enum>
std::optional<Enum> FromText(std::string_view text);

/// All words of an enumeration except that of "unset".
template <typename Enum>
std::vector<std::string> WordsOf();

}  // namespace hone
