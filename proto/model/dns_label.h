// DNS labels (RFC 1123): the form of a namespace's name. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace hone {

inline constexpr std::size_t kNamespaceMax = 63;

/// Lower-case letters, digits and '-', neither beginning nor ending with '-'; of any length.
[[nodiscard]] bool IsDnsLabel(std::string_view text);

/// A DNS label of 1 to 63 characters.
[[nodiscard]] inline bool IsNamespace(std::string_view text) {
  return IsDnsLabel(text) && text.size() <= kNamespaceMax;
}

}  // namespace hone
