// Prefetch: loads memory into the processor's cache that will be read soon. Affects only the speed.
#pragma once

#include <cstddef>

namespace hone::algorithms {

/// `count` elements from `first` on.
template <typename Element>
void Prefetch(const Element* first, std::size_t count) {
  constexpr std::size_t kLine = 64;
  const auto* const bytes = static_cast<const char*>(static_cast<const void*>(first));
  for (std::size_t i = 0; i < count * sizeof(Element); i += kLine) {
    __builtin_prefetch(bytes + i);
  }
}

}  // namespace hone::algorithms
