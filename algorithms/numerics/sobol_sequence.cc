#include "algorithms/numerics/sobol_sequence.h"

#include <algorithm>
#include <bit>

#include "algorithms/numerics/counter_random.h"
#include "proto/core/result.h"

namespace hone::algorithms {
namespace {

// The chosen variant of each dimension after the first, in order of its polynomial. Chosen by
// tests/algorithms/sobol/choose_variants.cc.
constexpr std::uint8_t kVariants[] = {
#include "algorithms/numerics/sobol_variants.inc"
};
static_assert(std::size(kVariants) == SobolSequence::kDimensionsMax - 1);

int Degree(std::uint32_t polynomial) {
  return static_cast<int>(std::bit_width(polynomial)) - 1;
}

// x * power modulo the polynomial.
std::uint32_t TimesX(std::uint32_t power, std::uint32_t polynomial, int degree) {
  power <<= 1;
  return (power >> degree & 1) != 0 ? power ^ polynomial : power;
}

// A polynomial is primitive if the powers of x run through all 2^degree - 1 remainders.
bool IsPrimitive(std::uint32_t polynomial) {
  const int degree = Degree(polynomial);
  const std::uint32_t period = (std::uint32_t{1} << degree) - 1;
  std::uint32_t power = 1;
  for (std::uint32_t i = 1; i <= period; ++i) {
    power = TimesX(power, polynomial, degree);
    if (power == 1) {
      return i == period;
    }
  }
  return false;
}

// Owen's nested uniform scrambling: whether a digit is flipped depends on the digits before it.
std::uint32_t Scramble(std::uint32_t digits, std::uint64_t key) {
  std::uint32_t scrambled = 0;
  for (int bit = 31; bit >= 0; --bit) {
    // The leading one tells prefixes of different lengths apart.
    const std::uint64_t prefix = (std::uint64_t{1} << 32 | digits) >> (bit + 1);
    const std::uint32_t flip = static_cast<std::uint32_t>(MixBits(key ^ prefix) >> 63);
    scrambled |= ((digits >> bit & 1) ^ flip) << bit;
  }
  return scrambled;
}

// Row r: which bits of the index decide digit r of the fraction.
std::array<std::uint32_t, SobolSequence::kBits> Rows(const SobolSequence::Directions& directions,
                                                     int m) {
  std::array<std::uint32_t, SobolSequence::kBits> rows{};
  for (int r = 0; r < m; ++r) {
    for (int c = 0; c < m; ++c) {
      rows[static_cast<std::size_t>(r)] |= (directions[static_cast<std::size_t>(c)] >> (31 - r) & 1)
                                           << c;
    }
  }
  return rows;
}

// A set of linearly independent rows over GF(2), reduced by their highest bits.
class Independent {
 public:
  // False if `row` is a sum of rows already in the set.
  bool Add(std::uint32_t row) {
    while (row != 0) {
      auto& pivot = pivots_[static_cast<std::size_t>(std::bit_width(row) - 1)];
      if (pivot == 0) {
        pivot = row;
        return true;
      }
      row ^= pivot;
    }
    return false;
  }

 private:
  std::array<std::uint32_t, SobolSequence::kBits> pivots_{};
};

}  // namespace

SobolSequence::SobolSequence(std::size_t dimensions, std::uint64_t seed)
    : directions_(ChosenDirections(dimensions)), seed_(seed) {}

double SobolSequence::Coordinate(std::uint64_t index, std::size_t dimension) const {
  const Directions& directions = directions_[dimension];
  std::uint32_t digits = 0;
  for (std::size_t bit = 0; bit < kBits; ++bit) {
    digits ^= (index >> bit & 1) != 0 ? directions[bit] : 0;
  }
  const std::uint64_t key = MixBits(MixBits(seed_) + dimension);
  // After the digits of the sequence, scrambled digits are plain random ones.
  const double rest = static_cast<double>(MixBits(key + MixBits(index)) >> 43) * 0x1p-21;
  return (Scramble(digits, key) + rest) * 0x1p-32;
}

std::vector<std::uint32_t> PrimitivePolynomials(std::size_t count) {
  std::vector<std::uint32_t> polynomials;
  polynomials.reserve(count);
  // The constant term is always 1, so only odd ones.
  for (std::uint32_t polynomial = 3; polynomials.size() < count; polynomial += 2) {
    if (IsPrimitive(polynomial)) {
      polynomials.push_back(polynomial);
    }
  }
  return polynomials;
}

SobolSequence::Directions MakeDirections(std::uint32_t polynomial, std::uint32_t variant) {
  const int degree = Degree(polynomial);
  SobolSequence::Directions directions{};
  for (int c = 0; c < static_cast<int>(SobolSequence::kBits); ++c) {
    std::uint32_t& direction = directions[static_cast<std::size_t>(c)];
    if (c < degree) {
      // Initial number c is odd and below 2^(c + 1).
      const std::uint64_t bits =
          MixBits(std::uint64_t{polynomial} << 32 | variant << 8 | static_cast<std::uint32_t>(c));
      const std::uint32_t number = (static_cast<std::uint32_t>(bits) | 1) & ((2U << c) - 1);
      direction = number << (31 - c);
      continue;
    }
    // Bratley and Fox 1988, eq. 2, for numbers shifted to the left.
    direction = directions[static_cast<std::size_t>(c - degree)];
    direction ^= direction >> degree;
    for (int k = 1; k < degree; ++k) {
      if ((polynomial >> (degree - k) & 1) != 0) {
        direction ^= directions[static_cast<std::size_t>(c - k)];
      }
    }
  }
  return directions;
}

std::vector<SobolSequence::Directions> ChosenDirections(std::size_t dimensions) {
  HONE_CHECK(dimensions <= SobolSequence::kDimensionsMax);
  std::vector<SobolSequence::Directions> chosen;
  if (dimensions == 0) {
    return chosen;
  }
  chosen.reserve(dimensions);
  // The first dimension has no polynomial: the index's digits in reverse (van der Corput).
  SobolSequence::Directions& first = chosen.emplace_back();
  for (std::size_t c = 0; c < first.size(); ++c) {
    first[c] = std::uint32_t{1} << (31 - c);
  }
  const auto polynomials = PrimitivePolynomials(dimensions - 1);
  for (std::size_t i = 0; i < polynomials.size(); ++i) {
    chosen.push_back(MakeDirections(polynomials[i], kVariants[i]));
  }
  return chosen;
}

int NetDefect(const SobolSequence::Directions& a, const SobolSequence::Directions& b, int m) {
  const auto rows_a = Rows(a, m);
  const auto rows_b = Rows(b, m);
  // The minimum number of leading rows, split between both dimensions, that are linearly dependent.
  int least = m + 1;
  for (int from_a = 0; from_a <= m; ++from_a) {
    Independent rows;
    for (int i = 0; i < from_a; ++i) {
      rows.Add(rows_a[static_cast<std::size_t>(i)]);
    }
    for (int from_b = 1; from_a + from_b < least; ++from_b) {
      if (!rows.Add(rows_b[static_cast<std::size_t>(from_b - 1)])) {
        least = from_a + from_b;
      }
    }
  }
  return m + 1 - least;
}

}  // namespace hone::algorithms
