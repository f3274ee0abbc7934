#include "db/server/ledger_shelf.h"

#include <thread>

#include <gtest/gtest.h>

namespace hone::db {
namespace {

std::vector<Observation> Rows(std::size_t count) {
  return std::vector<Observation>(count, {.metric = "loss", .value = "1"});
}

/// The rows that the shelf knows of the trial; nothing if it has no ledger.
std::optional<std::size_t> KnownRows(LedgerShelf& shelf, const std::string& trial) {
  std::optional<std::size_t> rows;
  EXPECT_TRUE(shelf.Use(trial, [&](std::optional<ReportLedger>& ledger) -> Status {
    rows = ledger ? std::optional(ledger->rows()) : std::nullopt;
    return {};
  }));
  return rows;
}

void Learn(LedgerShelf& shelf, const std::string& trial, std::size_t rows) {
  EXPECT_TRUE(shelf.Use(trial, [&](std::optional<ReportLedger>& ledger) -> Status {
    ledger.emplace(Rows(rows));
    return {};
  }));
}

TEST(LedgerShelf, RemembersUntilItIsToldToForget) {
  LedgerShelf shelf;
  EXPECT_EQ(KnownRows(shelf, "a"), std::nullopt);
  Learn(shelf, "a", 3);
  EXPECT_EQ(KnownRows(shelf, "a"), 3U);

  const Status status = shelf.Use("a", [](std::optional<ReportLedger>& ledger) -> Status {
    ledger.reset();
    return Fail(Code::kUnavailable, "lost");
  });

  EXPECT_EQ(status.error(), (Error{Code::kUnavailable, "lost"}));
  EXPECT_EQ(KnownRows(shelf, "a"), std::nullopt);
}

TEST(LedgerShelf, PutsAwayTheTrialThatWasNotUsedForTheLongest) {
  LedgerShelf shelf({.trials = 2, .rows = 100});
  Learn(shelf, "a", 1);
  Learn(shelf, "b", 1);
  EXPECT_EQ(KnownRows(shelf, "a"), 1U);

  Learn(shelf, "c", 1);

  EXPECT_EQ(KnownRows(shelf, "a"), 1U);
  EXPECT_EQ(KnownRows(shelf, "c"), 1U);
  EXPECT_EQ(KnownRows(shelf, "b"), std::nullopt);
}

TEST(LedgerShelf, HasABoundForTheRowsOfAllTrials) {
  LedgerShelf shelf({.trials = 10, .rows = 100});
  Learn(shelf, "a", 40);
  Learn(shelf, "b", 40);
  Learn(shelf, "b", 60);  // of one trial only the newest number counts
  EXPECT_EQ(KnownRows(shelf, "a"), 40U);

  Learn(shelf, "c", 10);
  EXPECT_EQ(KnownRows(shelf, "b"), std::nullopt);
  EXPECT_EQ(KnownRows(shelf, "a"), 40U);

  Learn(shelf, "d", 101);
  EXPECT_EQ(KnownRows(shelf, "d"), std::nullopt);
}

TEST(LedgerShelf, KeepsATrialThatIsInUse) {
  LedgerShelf shelf({.trials = 1, .rows = 100});

  const Status status = shelf.Use("a", [&](std::optional<ReportLedger>& ledger) -> Status {
    ledger.emplace(Rows(1));
    Learn(shelf, "b", 1);  // as another thread would: it does not wait for "a"
    Learn(shelf, "c", 1);
    return {};
  });

  EXPECT_TRUE(status);
  EXPECT_EQ(KnownRows(shelf, "a"), 1U);
}

/// Counts a use in a number that only the shelf keeps from others.
void Count(LedgerShelf& shelf, const std::string& trial, std::size_t& uses) {
  EXPECT_TRUE(shelf.Use(trial, [&](std::optional<ReportLedger>& ledger) -> Status {
    ledger.emplace(Rows(++uses % 7));
    return {};
  }));
}

TEST(LedgerShelf, LetsOneOfManyThreadsUseATrialAtATime) {
  LedgerShelf shelf({.trials = 2, .rows = 1'000});
  constexpr std::size_t kUses = 500;
  std::size_t uses[3] = {};
  std::vector<std::thread> threads;

  for (std::size_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::size_t i = 0; i < kUses; ++i) {
        const std::size_t trial = (thread + i) % 3;
        Count(shelf, std::to_string(trial), uses[trial]);
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
