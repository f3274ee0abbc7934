// MedianBar: the value that a trial must reach, known before the trial runs: the median of the
// means of the first values of the trials that have succeeded. The values of a trial are needed
// only once: its mean is cached. Two experiments may have trials of the same name, so the key is
// the whole message of the experiment, not a hash of it. Bounded; the least recently used
// experiments are evicted first. Any thread.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "proto/core/lru_cache.h"
#include "proto/core/mutex.h"

namespace hone::suggestion {

class MedianBar {
 public:
  static constexpr std::size_t kExperimentsMax = 256;
  /// Of all experiments together.
  static constexpr std::size_t kMeansMax = 100'000;

  /// The scope in which a trial's name is unique: the address of the DBManager whose logs are read,
  /// and an encoded api.v1.beta1.Experiment.
  struct Scope {
    std::string db_manager;
    std::string experiment;
    auto operator<=>(const Scope&) const = default;
  };

  /// The cached means of some trials.
  struct Known {
    std::vector<double> means;
    /// The trials without a cached mean.
    std::vector<std::string> others;
  };
  [[nodiscard]] Known Find(const Scope& scope, const std::vector<std::string>& trials);

  /// The mean of the first `start_step` values of a trial's objective, in the order of their times;
  /// nothing if it is not finite.
  std::optional<double> Learn(const Scope& scope,
                              const std::string& trial,
                              std::span<const double> values,
                              std::size_t start_step);

  /// The median; nothing if there are fewer than `min_trials`.
  [[nodiscard]] static std::optional<double> Of(std::vector<double> means, std::size_t min_trials);

 private:
  /// By the trial's name.
  using Means = LruCache<std::string, double>;

  Mutex mutex_;
  LruCache<Scope, Means> experiments_ HONE_GUARDED_BY(mutex_);
  /// The number of means of all experiments.
  std::size_t count_ HONE_GUARDED_BY(mutex_) = 0;
};

}  // namespace hone::suggestion
