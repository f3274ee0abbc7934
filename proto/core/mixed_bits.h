// Mixing the bits of 64-bit numbers, for keys of random streams. Not for secrets, and not for
// recognising inputs: see fingerprint.h. Pure.
#pragma once

#include <cstdint>

namespace hone {

/// The step of a Weyl sequence: 2^64 divided by the golden ratio.
inline constexpr std::uint64_t kGoldenStep = 0x9E3779B97F4A7C15;

/// A bijection whose every output bit depends on every input bit; 0 stays 0. SplitMix64's
/// finaliser: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014,
/// with the constants of D. Stafford's variant 13.
constexpr std::uint64_t Finalised(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
  return bits ^ (bits >> 31);
}

}  // namespace hone
