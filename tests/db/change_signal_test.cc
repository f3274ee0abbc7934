// Waiting for a change when the log cannot be read, which the contract of stores does not cover.
#include "db/store/change_signal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::db {
namespace {

std::chrono::steady_clock::time_point LongAgo() {
  return std::chrono::steady_clock::now() - std::chrono::hours(1);
}

TEST(ChangeSignal, TellsEachWaitingThreadWhyTheLogCannotBeRead) {
  Result<std::uint64_t> newest = Fail(Code::kDataLoss, "damaged");
  ChangeSignal signal([&] { return newest; });

  EXPECT_EQ(signal.Wait(0, LongAgo()).error().code, Code::kDataLoss);
  EXPECT_EQ(signal.Wait(0, LongAgo()).error().code, Code::kDataLoss);

  newest = 1;
  EXPECT_TRUE(signal.Wait(0, LongAgo()).value());
  EXPECT_FALSE(signal.Wait(1, LongAgo()).value());
}

TEST(ChangeSignal, ReadsNothingWhereItWasTold) {
  int reads = 0;
  ChangeSignal signal([&]() -> Result<std::uint64_t> {
    ++reads;
    return 0;
  });
  signal.Tell(7);

  EXPECT_TRUE(signal.Wait(6, LongAgo()).value());
  EXPECT_EQ(reads, 0);
  EXPECT_FALSE(signal.Wait(7, LongAgo()).value());
  EXPECT_EQ(reads, 1);
  EXPECT_EQ(signal.Wait(8, LongAgo()).error().code, Code::kOutOfRange);
}

}  // namespace
}  // namespace hone::db
