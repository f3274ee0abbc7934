// LogRetention: how much of its log a store keeps, the same for every implementation. Pure: any
// thread.
#pragma once

#include <cstdint>

#include "db/store/change.h"
#include "proto/core/time.h"

namespace hone::db {

struct LogRetention {
  /// Number of changes that are kept, about 30 MB; slightly more until the next trimming.
  std::uint64_t rows = 250'000;
  /// Older changes are trimmed even if there are fewer, when the next changes are written.
  Duration age = std::chrono::hours(7 * 24);

  /// The maximum number of the oldest changes to trim in a transaction that wrote the changes above
  /// `before`, up to `newest`: about twice as many as it wrote, so that the log shrinks to its
  /// size; but in steps, since every trimming writes a page that the transaction would not touch
  /// otherwise.
  [[nodiscard]] std::uint64_t MostForgotten(std::uint64_t before, std::uint64_t newest) const;
  [[nodiscard]] bool Keeps(std::uint64_t sequence,
                           Time time,
                           std::uint64_t newest,
                           Time now) const {
    return newest - sequence < rows && time >= now - age;
  }
};

}  // namespace hone::db
