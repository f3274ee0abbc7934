// HalvingSchedule: decides which trial of a successive halving comes next: a new configuration, or
// a good trial that advances with more of the resource. It knows trials only by ordinal, level and
// value. Its plan is a function of the set of trials it has been told; Start is called in the order
// of ordinals. Belongs to one search; not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace hone::algorithms {

/// The order in which trials are preferred: by value, then the older. A failed trial has an
/// infinite value: it counts, comes last and never advances.
using HalvingRank = std::pair<double, std::uint64_t>;
inline constexpr double kFailedValue = std::numeric_limits<double>::infinity();

/// A planned trial. Without a parent it is a new configuration.
struct PlannedTrial {
  std::uint64_t parent = 0;
  std::size_t level = 0;
  bool operator==(const PlannedTrial&) const = default;
};

class HalvingSchedule {
 public:
  virtual ~HalvingSchedule() = default;
  /// A trial exists. A trial that fits no bracket is ignored from here on.
  virtual void Start(std::uint64_t ordinal, const PlannedTrial& trial) = 0;
  /// A trial that was started has ended.
  virtual void End(std::uint64_t ordinal, double value) = 0;
  /// At most `count` trials, fewer if the rest have to wait for a trial to end. `room` is the
  /// number of new configurations that each level has left.
  [[nodiscard]] virtual std::vector<PlannedTrial> Plan(std::size_t count,
                                                       std::vector<std::uint64_t> room) = 0;
};

}  // namespace hone::algorithms
