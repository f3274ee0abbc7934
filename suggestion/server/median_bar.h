// MedianBar: the value that a trial must reach, known before the trial runs: the median of the
// means of the first values of the trials that have succeeded. The values of a trial are needed
// only once: its mean is cached. Any thread.
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

  /// The cached means of some trials.
  struct Known {
    std::vector<double> means;
    /// The trials without a cached mean.
    std::vector<std::string> others;
  };
  /// `scope` identifies the experiment.
  [[nodiscard]] Known Find(std::uint64_t scope, const std::vector<std::string>& trials);

  /// The mean of the first `start_step` values of a trial's objective, in the order of their times;
  /// nothing if it is not finite.
  std::optional<double> Learn(std::uint64_t scope,
                              const std::string& trial,
                              std::span<const double> values,
                              std::size_t start_step);

  /// The median; nothing if there are fewer than `min_trials`.
  [[nodiscard]] static std::optional<double> Of(std::vector<double> means, std::size_t min_trials);

 private:
  using Key = std::pair<std::uint64_t, std::string>;

  Mutex mutex_;
  std::map<Key, double> means_ HONE_GUARDED_BY(mutex_);
  /// Keys in the order of insertion, so that the oldest are evicted first.
  std::list<Key> order_ HONE_GUARDED_BY(mutex_);
};

}  // namespace hone::suggestion
