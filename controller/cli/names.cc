#include "controller/cli/names.h"

#include <random>
#include <string_view>

namespace hone::controller {

std::string UniqueSuffix(std::size_t count) {
  // The alphabet that Kubernetes uses for generated names: 27 characters.
  constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  std::random_device device;
  std::string suffix;
  for (std::size_t i = 0; i < count; ++i) {
    suffix += kAlphabet[device() % kAlphabet.size()];
  }
  return suffix;
}

}  // namespace hone::controller
