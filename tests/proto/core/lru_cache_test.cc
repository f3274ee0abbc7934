#include "proto/core/lru_cache.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace hone {
namespace {

using Cache = LruCache<std::string, int>;

TEST(LruCache, EvictsTheLeastRecentlyUsedEntry) {
  Cache cache;
  cache.Insert("a", 1);
  cache.Insert("b", 2);
  cache.Insert("c", 3);
  ASSERT_NE(cache.Find("a"), nullptr);

  EXPECT_EQ(cache.TakeOldest(), 2);
  EXPECT_EQ(cache.TakeOldest(), 3);
  EXPECT_EQ(cache.TakeOldest(), 1);
  EXPECT_EQ(cache.TakeOldest(), std::nullopt);
  EXPECT_EQ(cache.size(), 0U);
}

TEST(LruCache, EvictsOnlyEntriesThatMayGo) {
  Cache cache;
  cache.Insert("a", 1);
  cache.Insert("b", 2);

  EXPECT_EQ(cache.TakeOldest([](int value) { return value == 2; }), 2);

  EXPECT_EQ(cache.TakeOldest([](int value) { return value == 2; }), std::nullopt);
  EXPECT_EQ(cache.Find("b"), nullptr);
  EXPECT_EQ(*cache.Find("a"), 1);
}

TEST(LruCache, RemovesTheValueOfAKey) {
  Cache cache;
  cache.Insert("a", 1);
  cache.Insert("b", 2);

  EXPECT_EQ(cache.Take("a"), 1);

  EXPECT_EQ(cache.Take("a"), std::nullopt);
  EXPECT_EQ(cache.Find("a"), nullptr);
  EXPECT_EQ(cache.TakeOldest(), 2);
}

TEST(LruCache, KeepsTheFirstValueOfAKey) {
  Cache cache;
  cache.Insert("a", 1);
  cache.Insert("b", 2);

  EXPECT_EQ(cache.Insert("a", 9), 1);

  EXPECT_EQ(cache.size(), 2U);
  EXPECT_EQ(cache.TakeOldest(), 2) << "a was used by this";
}

TEST(LruCache, LeavesReferencesToOtherValuesValid) {
  LruCache<int, std::unique_ptr<int>> cache;
  const std::unique_ptr<int>& kept = cache.Insert(0, std::make_unique<int>(7));
  for (int key = 1; key < 1000; ++key) {
    cache.Insert(key, std::make_unique<int>(-key));
  }

  while (cache.TakeOldest([](const std::unique_ptr<int>& value) { return *value < 0; })) {
  }

  EXPECT_EQ(*kept, 7);
  EXPECT_EQ(cache.size(), 1U);
  EXPECT_EQ(cache.Find(0), &kept);
}

}  // namespace
}  // namespace hone
