// LogRetention: how much of its log a store keeps, said once for every implementation. Pure: any
// thread.
#pragma once

#include <cstdint>

#include "db/store/change.h"
#include "proto/core/time.h"

namespace hone::db {

struct LogRetention {
  /// So many changes stay, some 30 MB; a few more for as long as nothing is trimmed.
  std::uint64_t rows = 250'000;
  /// Older ones go even if they are fewer, with the next changes that are written.
  Duration age = std::chrono::hours(7 * 24);

  /// At most so many of the oldest changes are forgotten by a transaction that wrote those above
  /// `before`, up to `newest`: about twice what it wrote, so that the log shrinks to its size; but
  /// in steps, since every trimming touches a page that nothing else would.
  [[nodiscard]] std::uint64_t MostForgotten(std::uint64_t before, std::uint64_t newest) const;
  [[nodiscard]] bool Keeps(std::uint64_t sequence,
                           Time time,
                           std::uint64_t newest,
                           Time now) const {
    return newest - sequence < rows && time >= now - age;
  }
};

}  // namespace hone::db
