// TrialFeed: what is new in one experiment since the last time it was read. A cursor marks the last
// time; what changes while it is read may be given twice, never not at all. One thread at a time.
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
  /// and moves the cursor.
  [[nodiscard]] Status Read(const ExperimentKey& key, std::uint64_t& cursor, const Take& take);

 private:
  /// The sequence of the store's newest event.
  [[nodiscard]] Result<std::uint64_t> FindEnd();
  [[nodiscard]] Status SearchEnd();

  Store& store_;
  std::uint64_t end_ = 0;
  bool was_found_ = false;
};

}  // namespace hone::db
