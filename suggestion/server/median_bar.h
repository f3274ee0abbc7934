// MedianBar: the value that a trial must reach, known before the trial runs: the median of the
// means of the first values of the trials that have succeeded. The values of a trial are needed
// only once: its mean is cached. Any thread.
#pragma once

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
  /// Of the scopes of all means together.
  static constexpr std::size_t kScopeBytesMax = std::size_t{64} << 20;

  /// The cached means of some trials.
  struct Known {
    std::vector<double> means;
    /// The trials without a cached mean.
    std::vector<std::string> others;
  };
  /// `scope` identifies the experiment, and is compared as a whole.
  [[nodiscard]] Known Find(const std::string& scope, const std::vector<std::string>& trials);

  /// The mean of the first `start_step` values of a trial's objective, in the order of their times;
  /// nothing if it is not finite.
  std::optional<double> Learn(const std::string& scope,
                              const std::string& trial,
                              std::span<const double> values,
                              std::size_t start_step);

  /// The median; nothing if there are fewer than `min_trials`.
  [[nodiscard]] static std::optional<double> Of(std::vector<double> means, std::size_t min_trials);

 private:
  using Means = std::map<std::string, double>;
  using Scopes = std::map<std::string, Means>;

  void EvictOldest() HONE_REQUIRES(mutex_);

  Mutex mutex_;
  /// The means of trials by their names; a scope without a mean is not kept.
  Scopes scopes_ HONE_GUARDED_BY(mutex_);
  std::size_t scope_bytes_ HONE_GUARDED_BY(mutex_) = 0;
  /// All means in the order in which they came: the oldest is evicted first.
  std::list<std::pair<Scopes::iterator, Means::iterator>> order_ HONE_GUARDED_BY(mutex_);
};

}  // namespace hone::suggestion
