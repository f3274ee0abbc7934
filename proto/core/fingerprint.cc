#include "proto/core/fingerprint.h"

#include <bit>
#include <cstring>
#include <random>

namespace hone {
namespace {

using Key = std::array<std::uint64_t, 2>;

static_assert(std::endian::native == std::endian::little, "SipHash reads the lowest byte first");

Key DrawKey() {
  std::random_device device;  // 32 bits at a time
  const auto draw = [&device] {
    return std::uint64_t{device()} << 32U | device();
  };
  return {draw(), draw()};
}

/// The four words of the state. Names and constants are the paper's.
class SipState {
 public:
  explicit SipState(const Key& key)
      : v0_(key[0] ^ 0x736F6D6570736575),
        v1_(key[1] ^ 0x646F72616E646F6D ^ 0xEE),  // 0xEE: an output of 128 bits
        v2_(key[0] ^ 0x6C7967656E657261),
        v3_(key[1] ^ 0x7465646279746573) {}

  void Compress(std::uint64_t word) {
    v3_ ^= word;
    Rounds(2);
    v0_ ^= word;
  }

  Fingerprint Finalise() {
    v2_ ^= 0xEE;
    Rounds(4);
    const std::uint64_t low = v0_ ^ v1_ ^ v2_ ^ v3_;
    v1_ ^= 0xDD;
    Rounds(4);
    return {low, v0_ ^ v1_ ^ v2_ ^ v3_};
  }

 private:
  void Rounds(int count) {
    for (int i = 0; i < count; ++i) {
      v0_ += v1_;
      v2_ += v3_;
      v1_ = std::rotl(v1_, 13) ^ v0_;
      v3_ = std::rotl(v3_, 16) ^ v2_;
      v0_ = std::rotl(v0_, 32);
      v2_ += v1_;
      v0_ += v3_;
      v1_ = std::rotl(v1_, 17) ^ v2_;
      v3_ = std::rotl(v3_, 21) ^ v0_;
      v2_ = std::rotl(v2_, 32);
    }
  }

  std::uint64_t v0_;
  std::uint64_t v1_;
  std::uint64_t v2_;
  std::uint64_t v3_;
};

}  // namespace

Fingerprint SipHash(const Key& key, std::uint64_t first, std::string_view bytes) {
  SipState state(key);
  state.Compress(first);
  const std::uint64_t length = sizeof first + bytes.size();
  for (; bytes.size() >= sizeof first; bytes.remove_prefix(sizeof first)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    state.Compress(word);
  }
  std::uint64_t last = length << 56U;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    last |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << 8 * i;
  }
  state.Compress(last);
  return state.Finalise();
}

Fingerprint FingerprintOf(std::uint64_t role, std::string_view bytes) {
  static const Key key = DrawKey();
  return SipHash(key, role, bytes);
}

}  // namespace hone
