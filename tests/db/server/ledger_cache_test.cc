#include "db/server/ledger_cache.h"

#include <thread>

#include <gtest/gtest.h>

namespace hone::db {
namespace {

std::vector<Observation> Rows(std::size_t count) {
  return std::vector<Observation>(count, {.metric = "loss", .value = "1"});
}

/// The number of rows in the cached ledger of the trial; nothing if no ledger is cached.
std::optional<std::size_t> KnownRows(LedgerCache& cache, const std::string& trial) {
  std::optional<std::size_t> rows;
  EXPECT_TRUE(cache.Use(trial, [&](std::optional<ReportLedger>& ledger) -> Status {
    rows = ledger ? std::optional(ledger->rows()) : std::nullopt;
    return {};
  }));
  return rows;
}

void Learn(LedgerCache& cache, const std::string& trial, std::size_t rows) {
  EXPECT_TRUE(cache.Use(trial, [&](std::optional<ReportLedger>& ledger) -> Status {
    ledger.emplace(Rows(rows));
    return {};
  }));
}

TEST(LedgerCache, RemembersUntilItIsToldToForget) {
  LedgerCache cache;
  EXPECT_EQ(KnownRows(cache, "a"), std::nullopt);
  Learn(cache, "a", 3);
  EXPECT_EQ(KnownRows(cache, "a"), 3U);

  const Status status = cache.Use("a", [](std::optional<ReportLedger>& ledger) -> Status {
    ledger.reset();
    return Fail(Code::kUnavailable, "lost");
  });

  EXPECT_EQ(status.error(), (Error{Code::kUnavailable, "lost"}));
  EXPECT_EQ(KnownRows(cache, "a"), std::nullopt);
}

TEST(LedgerCache, PutsAwayTheTrialThatWasNotUsedForTheLongest) {
  LedgerCache cache({.trials = 2, .rows = 100});
  Learn(cache, "a", 1);
  Learn(cache, "b", 1);
  EXPECT_EQ(KnownRows(cache, "a"), 1U);

  Learn(cache, "c", 1);

  EXPECT_EQ(KnownRows(cache, "a"), 1U);
  EXPECT_EQ(KnownRows(cache, "c"), 1U);
  EXPECT_EQ(KnownRows(cache, "b"), std::nullopt);
}

TEST(LedgerCache, HasABoundForTheRowsOfAllTrials) {
  LedgerCache cache({.trials = 10, .rows = 100});
  Learn(cache, "a", 40);
  Learn(cache, "b", 40);
  Learn(cache, "b", 60);  // the ledger of a trial counts once, with its newest size
  EXPECT_EQ(KnownRows(cache, "a"), 40U);

  Learn(cache, "c", 10);
  EXPECT_EQ(KnownRows(cache, "b"), std::nullopt);
  EXPECT_EQ(KnownRows(cache, "a"), 40U);

  Learn(cache, "d", 101);
  EXPECT_EQ(KnownRows(cache, "d"), std::nullopt);
}

TEST(LedgerCache, KeepsATrialThatIsInUse) {
  LedgerCache cache({.trials = 1, .rows = 100});

  const Status status = cache.Use("a", [&](std::optional<ReportLedger>& ledger) -> Status {
    ledger.emplace(Rows(1));
    Learn(cache, "b", 1);  // as another thread would: the call does not wait for "a"
    Learn(cache, "c", 1);
    return {};
  });

  EXPECT_TRUE(status);
  EXPECT_EQ(KnownRows(cache, "a"), 1U);
}

/// Counts a use in a variable that only the cache's exclusive access protects.
void Count(LedgerCache& cache, const std::string& trial, std::size_t& uses) {
  EXPECT_TRUE(cache.Use(trial, [&](std::optional<ReportLedger>& ledger) -> Status {
    ledger.emplace(Rows(++uses % 7));
    return {};
  }));
}

TEST(LedgerCache, LetsOneOfManyThreadsUseATrialAtATime) {
  LedgerCache cache({.trials = 2, .rows = 1'000});
  constexpr std::size_t kUses = 500;
  std::size_t uses[3] = {};
  std::vector<std::thread> threads;

  for (std::size_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::size_t i = 0; i < kUses; ++i) {
        const std::size_t trial = (thread + i) % 3;
        Count(cache, std::to_string(trial), uses[trial]);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  EXPECT_EQ(uses[0] + uses[1] + uses[2], 4 * kUses);
}

}  // namespace
}  // namespace hone::db
