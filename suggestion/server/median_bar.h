// MedianBar: what a trial must reach, as a number that is known before it runs: the median of the
// means of the first values of the trials that have succeeded. Each trial's values are needed but
// once: its mean is remembered. Any thread.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "proto/core/mutex.h"

namespace hone::suggestion {

class MedianBar {
 public:
  static constexpr std::size_t kMeansMax = 100'000;

  /// What is known of some trials.
  struct Known {
    std::vector<double> means;
    /// Those of whom nothing is known.
    std::vector<std::string> others;
  };
  /// `scope` tells experiments apart.
  [[nodiscard]] Known Find(std::uint64_t scope, const std::vector<std::string>& trials);

  /// The mean of the first `start_step` values of a trial's objective, in the order of their times;
  /// nothing if it is not finite.
  std::optional<double> Learn(std::uint64_t scope,
                              const std::string& trial,
                              std::span<const double> values,
                              std::size_t start_step);

  /// The median; nothing if there are less than `min_trials`.
  [[nodiscard]] static std::optional<double> Of(std::vector<double> means, std::size_t min_trials);

 private:
  using Key = std::pair<std::uint64_t, std::string>;

  Mutex mutex_;
  std::map<Key, double> means_ HONE_GUARDED_BY(mutex_);
  /// In the order in which they came, so that the oldest go first.
  std::list<Key> order_ HONE_GUARDED_BY(mutex_);
};

}  // namespace hone::suggestion
