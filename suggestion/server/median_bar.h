// MedianBar: what a trial must reach, as a number that is known before it runs: the median of the
// means of the first values of the trials that have succeeded. Their observations are read from a
// DBManager, each trial's once. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proto/model/mutex.h"
#include "proto/model/result.h"

namespace hone::suggestion {

class MedianBar {
 public:
  static constexpr std::size_t kMeansMax = 100'000;

  /// The values of a trial's objective in the order of their times.
  using ReadValues = std::function<Result<std::vector<double>>(const std::string& trial)>;

  /// Nothing while fewer than `min_trials` of `trials` have values. `scope` tells experiments
  /// apart. An error is that of `read`.
  [[nodiscard]] Result<std::optional<double>> Find(const std::string& scope,
                                                   const std::vector<std::string>& trials,
                                                   std::size_t start_step,
                                                   std::size_t min_trials,
                                                   const ReadValues& read);

 private:
  using Key = std::pair<std::string, std::string>;
  [[nodiscard]] std::optional<double> Known(const Key& key);
  void Keep(const Key& key, double mean);

  Mutex mutex_;
  /// In the order in which they came, so that the oldest go first.
  std::map<Key, double> means_ HONE_GUARDED_BY(mutex_);
  std::list<Key> order_ HONE_GUARDED_BY(mutex_);
};

}  // namespace hone::suggestion
