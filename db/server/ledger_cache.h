// LedgerCache: the ledgers of the trials that report. Bounded: what was not used for the longest is
// put away and read anew when it is wanted. Any thread may call it; uses of one trial wait for each
// other, those of different trials do not.
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
    /// Of all trials together; a row takes some 60 bytes.
    std::size_t rows = 2'000'000;
  };
  /// Is given the trial's ledger, or nothing if it is not there; leaves there what is to be kept.
  using Work = std::function<Status(std::optional<ReportLedger>& ledger)>;

  LedgerCache() : LedgerCache(Limits()) {}
  explicit LedgerCache(const Limits& limits) : limits_(limits) {}

  /// Runs `work` with the ledger of `trial`, a name that it alone has, which nobody else uses
  /// meanwhile.
  [[nodiscard]] Status Use(const std::string& trial, const Work& work);

 private:
  struct Place {
    explicit Place(std::string name) : trial(std::move(name)) {}
    const std::string trial;
    Mutex mutex;
    std::optional<ReportLedger> ledger HONE_GUARDED_BY(mutex);

    // The cache's, under its mutex.
    /// Who use it or wait for it. A place in use stays: a second one of the same trial would not
    /// know what is being stored.
    int users = 0;
    std::size_t rows = 0;
  };
  using Places = std::list<std::shared_ptr<Place>>;

  [[nodiscard]] std::shared_ptr<Place> Take(const std::string& trial);
  /// `rows`: what its ledger has now; nothing if there is none.
  void GiveBack(Place& place, std::optional<std::size_t> rows);
  Places::iterator Remove(Places::iterator place, Places& removed) HONE_REQUIRES(mutex_);

  const Limits limits_;
  /// Locked after a place's mutex, never before it.
  Mutex mutex_;
  /// The last one used first.
  Places places_ HONE_GUARDED_BY(mutex_);
  /// By the trial's name, which is the place's.
  std::unordered_map<std::string_view, Places::iterator> index_ HONE_GUARDED_BY(mutex_);
  std::size_t rows_ HONE_GUARDED_BY(mutex_) = 0;
};

}  // namespace hone::db
