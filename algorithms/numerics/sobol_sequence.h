// The Sobol sequence in up to 1,000 dimensions, with Owen scrambling: every dimension's digits are
// permuted at random, nested, so that the points stay as evenly spread as before and each alone is
// uniform. A coordinate is a function of (index, dimension, seed). Immutable; any thread may use
// it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hone::algorithms {

class SobolSequence {
 public:
  static constexpr std::size_t kDimensionsMax = 1000;
  static constexpr std::size_t kBits = 32;
  /// Direction numbers of one dimension: number c is xored in for bit c of the index. Binary
  /// fractions, their first digit in the highest bit.
  using Directions = std::array<std::uint32_t, kBits>;

  SobolSequence(std::size_t dimensions, std::uint64_t seed);

  /// In [0, 1). Indices count modulo 2^32.
  [[nodiscard]] double Coordinate(std::uint64_t index, std::size_t dimension) const;

 private:
  std::vector<Directions> directions_;
  std::uint64_t seed_;
};

/// The primitive polynomials over GF(2), in ascending order, from x + 1 (which is 0b11) on.
std::vector<std::uint32_t> PrimitivePolynomials(std::size_t count);

/// Direction numbers of `polynomial` whose free initial numbers follow from `variant`.
SobolSequence::Directions MakeDirections(std::uint32_t polynomial, std::uint32_t variant);

/// Direction numbers of the first `dimensions` dimensions, unscrambled.
std::vector<SobolSequence::Directions> ChosenDirections(std::size_t dimensions);

/// How far the first 2^m points of two dimensions are from a perfect (0, m, 2)-net: 0 is perfect, m
/// the worst (Niederreiter 1987).
int NetDefect(const SobolSequence::Directions& a, const SobolSequence::Directions& b, int m);

}  // namespace hone::algorithms
