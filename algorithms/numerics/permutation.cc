#include "algorithms/numerics/permutation.h"

#include "algorithms/numerics/counter_random.h"
#include "proto/core/mixed_bits.h"
#include "proto/core/result.h"

namespace hone::algorithms {

Permutation::Permutation(std::uint64_t size, std::uint64_t seed) : size_(size), seed_(seed) {
  HONE_CHECK(size <= std::uint64_t{1} << 63);
  while (half_bits_ < 32 && size > std::uint64_t{1} << (2 * half_bits_)) {
    ++half_bits_;
  }
}

std::uint64_t Permutation::At(std::uint64_t position) const {
  HONE_CHECK(position < size_);
  // At least a quarter of the network's domain is below the size, so this takes four rounds on
  // average; it ends because the walk stays on the cycle of `position`.
  do {
    position = Encrypt(position);
  } while (position >= size_);
  return position;
}

std::uint64_t Permutation::Encrypt(std::uint64_t value) const {
  constexpr std::uint64_t kRounds = 8;
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  std::uint64_t left = value >> half_bits_;
  std::uint64_t right = value & mask;
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    const std::uint64_t key = MixBits(seed_ + round * kGoldenStep);
    const std::uint64_t next = left ^ (MixBits(key ^ right) & mask);
    left = right;
    right = next;
  }
  return left << half_bits_ | right;
}

}  // namespace hone::algorithms
