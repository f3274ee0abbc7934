#include <cmath>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "algorithms/numerics/counter_random.h"
#include "algorithms/numerics/log_sum_exp.h"
#include "algorithms/numerics/permutation.h"

namespace hone::algorithms {
namespace {

using ::testing::SizeIs;

// The known answers that Random123 ships with.
TEST(Philox, GivesTheKnownAnswers) {
  EXPECT_EQ(Philox({0, 0, 0, 0}, {0, 0}),
            (Philox4x32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Philox4x32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Philox4x32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(CounterRandom, HasIndependentStreamsAndAttempts) {
  std::set<std::uint64_t> numbers;
  for (std::uint32_t place = 0; place < 125; ++place) {
    CounterRandom random(place / 25, place / 5 % 5, place % 5);
    for (int i = 0; i < 8; ++i) {
      numbers.insert(random.Next());
    }
  }

  EXPECT_THAT(numbers, SizeIs(1000));
}

TEST(CounterRandom, IsUniform) {
  std::vector<int> cells(16);
  for (std::uint64_t stream = 0; stream < 16'000; ++stream) {
    const double number = CounterRandom(1, stream).Uniform();
    ASSERT_GE(number, 0);
    ASSERT_LT(number, 1);
    ++cells[static_cast<std::size_t>(number * 16)];
  }

  double chi_squared = 0;
  for (const int cell : cells) {
    chi_squared += std::pow(cell - 1000, 2) / 1000;
  }
  EXPECT_LT(chi_squared, 37.7);  // 0.1 % of 15 degrees of freedom
}

TEST(Permutation, VisitsEveryElementOnce) {
  for (const std::uint64_t size : {1u, 2u, 3u, 5u, 16u, 17u, 1000u, 65'537u}) {
    const Permutation permutation(size, 3);
    std::vector<bool> seen(size);
    for (std::uint64_t i = 0; i < size; ++i) {
      const std::uint64_t element = permutation.At(i);
      ASSERT_LT(element, size);
      ASSERT_FALSE(seen[element]);
      seen[element] = true;
    }
  }
}

TEST(Permutation, DependsOnItsSeedAndSpreads) {
  const Permutation one(1'000'000, 1);
  const Permutation two(1'000'000, 2);
  int equal = 0;
  double mean = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    equal += one.At(i) == two.At(i) ? 1 : 0;
    mean += static_cast<double>(one.At(i)) / 1e3;
  }

  EXPECT_LE(equal, 1);
  EXPECT_NEAR(mean, 5e5, 4e4);  // more than 4 standard errors
}

TEST(Permutation, CostsNoMemoryUpTo63Bits) {
  for (const std::uint64_t size : {std::uint64_t{1} << 62, (std::uint64_t{1} << 63) - 1}) {
    const Permutation permutation(size, 9);
    EXPECT_LT(permutation.At(0), size);
    EXPECT_LT(permutation.At(size - 1), size);
    EXPECT_NE(permutation.At(0), permutation.At(1));
  }
}

TEST(LogSumExp, AddsTermsThatAreFarApart) {
  constexpr std::size_t kLanes = LogSumExp::kLanes;
  std::vector<float> logs(kLanes, LogSumExp::kNothing);
  std::vector<float> weights(kLanes, 0.0F);
  logs[0] = 300;
  weights[0] = 2;
  logs[1] = 299;
  weights[1] = 0.5F;
  logs[2] = -300;
  weights[2] = 1;
  LogSumExp sum(0, 1);

  sum.Add(logs, weights, LogSumExp::kNothing);
  EXPECT_NEAR(sum.Log(), 300 + std::log(2 + 0.5 / std::exp(1)), 1e-5);

  logs[0] = 310;
  sum.Add(logs, weights, LogSumExp::kNothing);
  const double first = (2 + 0.5 / std::exp(1)) / std::exp(10);
  EXPECT_NEAR(sum.Log(), 310 + std::log(2 + 0.5 / std::exp(11) + first), 1e-4);
}

}  // namespace
}  // namespace hone::algorithms
