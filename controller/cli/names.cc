#include "controller/cli/names.h"

#include <array>
#include <random>
#include <string_view>

#include <fmt/format.h>

namespace hone::controller {
namespace {

std::uint32_t Draw() {
  std::random_device device;
  return device();
}

}  // namespace

std::string UniqueSuffix(std::size_t count) {
  // Kubernetes' alphabet for generated names, of which 27 characters are used.
  constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  std::string suffix;
  for (std::size_t i = 0; i < count; ++i) {
    suffix += kAlphabet[Draw() % kAlphabet.size()];
  }
  return suffix;
}

std::string MakeUid() {
  std::array<std::uint32_t, 4> bits{};
  for (std::uint32_t& word : bits) {
    word = Draw();
  }
  const std::uint32_t version = (bits[1] & 0xFFFF0FFFU) | 0x4000U;
  const std::uint32_t variant = (bits[2] & 0x3FFFFFFFU) | 0x80000000U;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:04x}{:08x}",
                     bits[0],
                     version >> 16U,
                     version & 0xFFFFU,
                     variant >> 16U,
                     variant & 0xFFFFU,
                     bits[3]);
}

std::string ControlTag(const ExperimentKey& key) {
  return "[" + key.ToString() + "]";
}

}  // namespace hone::controller
