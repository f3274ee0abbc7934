// A random order of 0 ... size - 1 that is computed, not stored: a Feistel network over the next
// power of four, and cycle walking for the rest (Black, Rogaway, "Ciphers with arbitrary finite
// domains", CT-RSA 2002). Immutable; any thread may use it.
#pragma once

#include <cstdint>

namespace hone::algorithms {

class Permutation {
 public:
  /// `size` at most 2^63.
  Permutation(std::uint64_t size, std::uint64_t seed);

  /// The element at `position`, which must be below the size.
  [[nodiscard]] std::uint64_t At(std::uint64_t position) const;

 private:
  [[nodiscard]] std::uint64_t Encrypt(std::uint64_t value) const;

  std::uint64_t size_;
  std::uint64_t seed_;
  int half_bits_ = 1;
};

}  // namespace hone::algorithms
