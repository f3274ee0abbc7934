#include "proto/rpc/outbox.h"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace hone::rpc {
namespace {

class OutboxTest : public testing::Test {
 protected:
  /// Admits replies of `bytes` bytes until there is no room. No client reads them.
  void Fill(std::size_t bytes) {
    while (TakesIn(bytes)) {
    }
  }
  bool TakesIn(std::size_t bytes) {
    Result<Outbox::Place> place = box_.Enter(bytes, call_);
    if (!place) {
      EXPECT_EQ(place.error().code, Code::kResourceExhausted);
      return false;
    }
    places_.push_back(*std::move(place));
    return true;
  }

  Outbox box_;
  grpc::CallbackServerContext call_;
  std::vector<Outbox::Place> places_;
};

TEST_F(OutboxTest, CountsACallForEveryReplyEvenAnEmptyOne) {
  Fill(0);

  EXPECT_EQ(places_.size(), kUnreadBytesMax / kUnreadCallBytes);
}

TEST_F(OutboxTest, HasRoomAgainWhenAReplyHasBeenRead) {
  Fill(1'000);

  places_.pop_back();

  EXPECT_TRUE(TakesIn(1'000));
  EXPECT_FALSE(TakesIn(1'000));
}

TEST_F(OutboxTest, KeepsRoomForSmallRepliesApartFromThatForLargeOnes) {
  Fill(kLargeReplyBytes);

  EXPECT_TRUE(TakesIn(kLargeReplyBytes - 1));
  EXPECT_FALSE(TakesIn(kLargeReplyBytes));
}

TEST_F(OutboxTest, TakesAReplyOfAnySizeIfItIsTheOnlyLargeOne) {
  EXPECT_TRUE(TakesIn(2 * kUnreadBytesMax));
  EXPECT_FALSE(TakesIn(kLargeReplyBytes));
}

}  // namespace
}  // namespace hone::rpc
