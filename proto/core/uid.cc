#include "proto/core/uid.h"

#include <array>
#include <cstdint>
#include <random>
#include <string_view>

namespace hone {

std::string MakeUid() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::string_view kPattern = "xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx";
  std::random_device device;
  std::uniform_int_distribution<std::size_t> any(0, 15);
  std::string uid(kPattern);
  for (char& digit : uid) {
    if (digit == 'x') {
      digit = kDigits[any(device)];
    } else if (digit == 'v') {
      digit = kDigits[8 + any(device) % 4];
    }
  }
  return uid;
}

}  // namespace hone
