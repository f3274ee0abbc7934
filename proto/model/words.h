// Conversion of words of manifests to the enumerations of proto/model; ToText, the inverse, is
// beside each enumeration. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

/// The value of a word; nothing if the enumeration has no such word.
template <typename Enum>
std::optional<Enum> FromText(std::string_view text);

/// All words of an enumeration except that of "unset".
template <typename Enum>
std::vector<std::string> WordsOf();

}  // namespace hone
