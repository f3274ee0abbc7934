// LedgerCache: an LRU cache of the ledgers of the trials that report. Bounded: the least recently
// used ledger is evicted and read again when it is needed. Any thread may call it; calls for the
// same trial wait for each other, calls for different trials do not.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "db/server/report_ledger.h"
#include "proto/core/mutex.h"
#include "proto/core/result.h"

namespace hone::db {

class LedgerCache {
 public:
  struct Limits {
    std::size_t trials = 10'000;
    /// Limit for the ledgers of all trials together; a row takes about 60 bytes.
    std::size_t rows = 2'000'000;
  };
  /// Receives the trial's ledger, or nothing if it is not cached; the value left in `ledger` is
  /// cached.
  using Work = std::function<Status(std::optional<ReportLedger>& ledger)>;

  LedgerCache() : LedgerCache(Limits()) {}
  explicit LedgerCache(const Limits& limits) : limits_(limits) {}

  /// Runs `work` with exclusive access to the ledger of `trial`, a name that is unique to it.
  [[nodiscard]] Status Use(const std::string& trial, const Work& work);

 private:
  struct Place {
    explicit Place(std::string name) : trial(std::move(name)) {}
    const std::string trial;
    Mutex mutex;
    std::optional<ReportLedger> ledger HONE_GUARDED_BY(mutex);

    // The fields below belong to the cache and are guarded by its mutex.
    /// The number of threads that use the place or wait for it. A place in use is not evicted,
    /// because a second place for the same trial would miss the rows being stored.
    int users = 0;
    std::size_t rows = 0;
  };
  using Places = std::list<std::shared_ptr<Place>>;

  [[nodiscard]] std::shared_ptr<Place> Take(const std::string& trial);
  /// `rows`: the number of rows that its ledger has now; nothing if there is no ledger.
  void GiveBack(Place& place, std::optional<std::size_t> rows);
  Places::iterator Remove(Places::iterator place, Places& removed) HONE_REQUIRES(mutex_);

  const Limits limits_;
  /// Locked after a place's mutex, never before it.
  Mutex mutex_;
  /// The most recently used first.
  Places places_ HONE_GUARDED_BY(mutex_);
  /// By the trial's name; the keys are views of the places' names.
  std::unordered_map<std::string_view, Places::iterator> index_ HONE_GUARDED_BY(mutex_);
  std::size_t rows_ HONE_GUARDED_BY(mutex_) = 0;
};

}  // namespace hone::db
