#include "controller/reconcile/slot_ledger.h"

#include <gtest/gtest.h>

#include "tests/support/builders.h"

namespace hone::controller {
namespace {

using std::chrono::seconds;

TEST(SlotLedger, CountsTheWayToTheFirstStartAsIdleButNotAsAGap) {
  SlotLedger ledger;
  ledger.Open(2, At(0));

  ledger.Started(At(1));
  ledger.Started(At(3));

  EXPECT_EQ(ledger.times().idle, seconds(4));
  EXPECT_TRUE(ledger.times().gaps.empty());
}

TEST(SlotLedger, GivesTheLongestFreeSlotToTheNextTrial) {
  SlotLedger ledger;
  ledger.Open(2, At(0));
  ledger.Started(At(0));
  ledger.Started(At(0));

  ledger.Ended(At(0), At(10));
  ledger.Ended(At(0), At(12));
  ledger.Started(At(13));

  EXPECT_EQ(ledger.times().busy, seconds(22));
  EXPECT_EQ(ledger.times().idle, seconds(3));
  EXPECT_EQ(ledger.times().GapQuantile(0.95), seconds(3));
}

TEST(SlotLedger, DoesNotCountSlotsThatNoTrialWasLeftFor) {
  SlotLedger ledger;
  ledger.Open(1, At(0));
  ledger.Started(At(0));

  ledger.Ended(At(0), At(98));

  EXPECT_EQ(ledger.times().IdleShare(), 0.0);
}

TEST(SlotLedger, DoesNotCountThePauseBeforeARetry) {
  SlotLedger ledger;
  ledger.Open(1, At(0));
  ledger.Started(At(0));

  ledger.Ended(At(0), At(10), At(14));
  ledger.Started(At(15));

  EXPECT_EQ(ledger.times().idle, seconds(1));
  EXPECT_EQ(ledger.times().GapQuantile(0.5), seconds(1));
}

TEST(SlotLedger, WasNotBusyWithATrialThatNeverRan) {
  SlotLedger ledger;
  ledger.Open(1, At(0));
  ledger.Started(Time());

  ledger.Ended(Time(), At(10));
  ledger.Started(At(12));

  EXPECT_EQ(ledger.times().busy, seconds(0));
  EXPECT_EQ(ledger.times().idle, seconds(2));
}

TEST(SlotLedger, SharesTheTimeBetweenBusyAndIdle) {
  SlotLedger ledger;
  ledger.Open(1, At(0));
  ledger.Started(At(2));
  ledger.Ended(At(2), At(100));

  EXPECT_DOUBLE_EQ(ledger.times().IdleShare(), 0.02);
}

TEST(SlotLedger, KeepsABoundedNumberOfGaps) {
  SlotLedger ledger;
  ledger.Open(1, At(0));

  for (int i = 0; i < 100'500; ++i) {
    ledger.Started(At(i));
    ledger.Ended(At(i), At(i));
  }

  EXPECT_EQ(ledger.times().gaps.size(), 100'000U);
}

}  // namespace
}  // namespace hone::controller
