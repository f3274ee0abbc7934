// TrialFeed: what is new in one experiment since the last time it was read. A cursor marks the last
// time; what changes while it is read may be given twice, never not at all. Any thread.
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
  /// Gives every trial that has changed since `cursor` (0: all), in pages of ascending ordinals,
  /// and moves the cursor. If the log no longer reaches back to the cursor, it gives all.
  [[nodiscard]] Status Read(const ExperimentKey& key, std::uint64_t& cursor, const Take& take);

 private:
  [[nodiscard]] Status ReadChanged(const ExperimentKey& key,
                                   std::uint64_t cursor,
                                   const Take& take);

  Store& store_;
};

}  // namespace hone::db
