// Random numbers as a function of their position: seed, stream and position determine the number,
// so no state has to be stored. Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random
// numbers: as easy as 1, 2, 3", SC 2011. Values; copies are independent.
#pragma once

#include <array>
#include <cstdint>

namespace hone::algorithms {

using Philox4x32 = std::array<std::uint32_t, 4>;

/// Ten rounds of Philox over `counter`.
Philox4x32 Philox(Philox4x32 counter, std::array<std::uint32_t, 2> key);

/// Mixes 64 bits: a bijection whose every output bit depends on every input bit.
std::uint64_t MixBits(std::uint64_t bits);

/// A stream of numbers. Streams of one seed are independent, and so are the attempts of a stream.
class CounterRandom {
 public:
  CounterRandom(std::uint64_t seed, std::uint64_t stream, std::uint32_t attempt = 0)
      : seed_(seed), stream_(stream), attempt_(attempt) {}

  /// 64 random bits.
  std::uint64_t Next();
  /// A number in [0, 1) with 53 random bits.
  double Uniform();

 private:
  std::uint64_t seed_;
  std::uint64_t stream_;
  std::uint32_t attempt_;
  std::uint32_t block_ = 0;
  Philox4x32 numbers_{};
  bool has_second_ = false;
};

}  // namespace hone::algorithms
