#include "proto/core/fingerprint.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace hone {
namespace {

// vectors_sip128 of the reference implementation (github.com/veorq/SipHash, vectors.h): the bytes
// 0, 1, 2, ... under the key 0, 1, ..., 15. SipHash takes at least eight bytes here.
TEST(SipHash, EqualsTheReferenceImplementation) {
  constexpr std::array<std::uint64_t, 2> kKey = {0x0706050403020100, 0x0F0E0D0C0B0A0908};
  const auto of = [&](std::size_t length) {
    std::string bytes;
    for (std::size_t i = sizeof(std::uint64_t); i < length; ++i) {
      bytes += static_cast<char>(i);
    }
    return SipHash(kKey, kKey[0], bytes);
  };

  EXPECT_EQ(of(8), (Fingerprint{0x61F55862BAA9623B, 0xB49714F364E2830F}));
  EXPECT_EQ(of(15), (Fingerprint{0x11A8B03399E99354, 0xD9C3CF970FEC087E}));
  EXPECT_EQ(of(16), (Fingerprint{0xBB54B067CAA4E26E, 0x77052385BF1533FD}));
  EXPECT_EQ(of(63), (Fingerprint{0x4A83502F77D15051, 0x7CBD3F979A063E50}));
}

TEST(Fingerprint, DependsOnEveryByteAndOnTheRole) {
  const std::string bytes = "0123456789abcdefghij";
  std::set<Fingerprint> seen = {FingerprintOf(1, bytes), FingerprintOf(2, bytes)};

  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = '~';
    seen.insert(FingerprintOf(1, changed));
    seen.insert(FingerprintOf(1, bytes.substr(0, i)));
  }

  EXPECT_EQ(seen.size(), 2 + 2 * bytes.size());
  EXPECT_EQ(FingerprintOf(1, bytes), FingerprintOf(1, std::string(bytes)));
}

TEST(Fingerprint, HasASumThatDoesNotDependOnTheOrder) {
  Fingerprint one = FingerprintOf(1, "a");
  one += FingerprintOf(2, "b");
  Fingerprint other = FingerprintOf(2, "b");
  other += FingerprintOf(1, "a");
  Fingerprint swapped = FingerprintOf(2, "a");
  swapped += FingerprintOf(1, "b");

  EXPECT_EQ(one, other);
  EXPECT_NE(one, swapped);
  EXPECT_EQ((Fingerprint{~0ULL, 1} += {1, 1}), (Fingerprint{0, 3})) << "the carry";
}

}  // namespace
}  // namespace hone
