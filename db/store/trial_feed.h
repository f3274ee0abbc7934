// TrialFeed: what is new in one experiment since the last time it was read. A cursor marks the last
// time; what changes while it is read may be given twice, never not at all. Any thread may read; a
// cursor belongs to who reads with it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "db/store/store.h"
#include "proto/model/mutex.h"

namespace hone::db {

class TrialFeed {
 public:
  /// `store` must outlive the feed.
  explicit TrialFeed(Store& store) : store_(store) {}

  using Take = std::function<void(std::span<const Trial>)>;
  /// Gives every trial that has changed since `cursor` (0: all), in pages of ascending ordinals,
  /// and moves the cursor.
  [[nodiscard]] Status Read(const ExperimentKey& key, std::uint64_t& cursor, const Take& take);

 private:
  /// The sequence of the store's newest event.
  [[nodiscard]] Result<std::uint64_t> FindEnd();
  [[nodiscard]] Status SearchEnd() HONE_REQUIRES(mutex_);

  Store& store_;
  Mutex mutex_;
  std::uint64_t end_ HONE_GUARDED_BY(mutex_) = 0;
  bool was_found_ HONE_GUARDED_BY(mutex_) = false;
};

}  // namespace hone::db
