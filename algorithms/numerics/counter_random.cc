#include "algorithms/numerics/counter_random.h"

#include "proto/core/mixed_bits.h"

namespace hone::algorithms {
namespace {

constexpr std::uint32_t Low(std::uint64_t bits) {
  return static_cast<std::uint32_t>(bits);
}
constexpr std::uint32_t High(std::uint64_t bits) {
  return static_cast<std::uint32_t>(bits >> 32);
}

}  // namespace

Philox4x32 Philox(Philox4x32 counter, std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t kMultiplier0 = 0xD2511F53;
  constexpr std::uint64_t kMultiplier1 = 0xCD9E8D57;
  constexpr std::uint32_t kWeyl0 = 0x9E3779B9;
  constexpr std::uint32_t kWeyl1 = 0xBB67AE85;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = kMultiplier0 * counter[0];
    const std::uint64_t product1 = kMultiplier1 * counter[2];
    counter = {High(product1) ^ counter[1] ^ key[0],
               Low(product1),
               High(product0) ^ counter[3] ^ key[1],
               Low(product0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

std::uint64_t MixBits(std::uint64_t bits) {
  return Finalised(bits + kGoldenStep);
}

std::uint64_t CounterRandom::Next() {
  if (has_second_) {
    has_second_ = false;
    return std::uint64_t{numbers_[2]} << 32 | numbers_[3];
  }
  numbers_ = Philox({block_++, attempt_, Low(stream_), High(stream_)}, {Low(seed_), High(seed_)});
  has_second_ = true;
  return std::uint64_t{numbers_[0]} << 32 | numbers_[1];
}

double CounterRandom::Uniform() {
  return static_cast<double>(Next() >> 11) * 0x1p-53;
}

}  // namespace hone::algorithms
