// TrialFeed: the trials of one experiment that have changed since the last read. A cursor marks the
// last read; a change during a read is delivered at least once. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "db/store/store.h"

namespace hone::db {

class TrialFeed {
 public:
  /// `store` must outlive the feed.
  explicit TrialFeed(Store& store) : store_(store) {}

  using Take = std::function<void(std::span<const Trial>)>;
  /// Passes every trial that has changed since `cursor` (0: all) to `take`, in pages of ascending
  /// ordinals, and moves the cursor. If the log has been trimmed beyond the cursor, passes all
  /// trials.
  [[nodiscard]] Status Read(const ExperimentKey& key, std::uint64_t& cursor, const Take& take);

 private:
  [[nodiscard]] Status ReadChanged(const ExperimentKey& key,
                                   std::uint64_t cursor,
                                   const Take& take);

  Store& store_;
};

}  // namespace hone::db
