// Fingerprint: 128 bits that identify an input whose bytes are too many to keep. Two inputs with
// equal fingerprints count as equal. That is sound because a fingerprint is a keyed hash:
// SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012, with the
// output of 128 bits of its reference implementation) under a random key that each process draws
// for itself. A caller that does not know the key cannot find a collision, and among n inputs a
// collision occurs by chance with a probability of n^2 / 2^129: for four billion, 2^-65. Never
// stored or sent, because another process has another key. Pure; any thread may call it.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hone {

struct Fingerprint {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  auto operator<=>(const Fingerprint&) const = default;
  /// Adds modulo 2^128. The sum is the fingerprint of several inputs, whatever their order; with a
  /// secret key it is as hard to forge as its parts (MSet-Add-Hash of Clarke, Devadas, van Dijk,
  /// Gassend and Suh, "Incremental multiset hash functions", ASIACRYPT 2003).
  Fingerprint& operator+=(const Fingerprint& other) {
    low += other.low;
    high += other.high + (low < other.low ? 1 : 0);
    return *this;
  }
};

/// For unordered containers, which compare whole fingerprints.
struct FingerprintHash {
  std::size_t operator()(const Fingerprint& fingerprint) const { return fingerprint.low; }
};

/// The fingerprint of `bytes` under the key of this process. `role` distinguishes inputs that are
/// added up: the same bytes in another field of a message have another fingerprint.
Fingerprint FingerprintOf(std::uint64_t role, std::string_view bytes);

/// SipHash-2-4 of the eight bytes of `first`, the lowest first, followed by `bytes`. For
/// FingerprintOf and its tests only.
Fingerprint SipHash(const std::array<std::uint64_t, 2>& key,
                    std::uint64_t first,
                    std::string_view bytes);

}  // namespace hone
