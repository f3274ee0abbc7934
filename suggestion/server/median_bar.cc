#include "suggestion/server/median_bar.h"

#include <algorithm>
#include <cmath>

#include "algorithms/numerics/median.h"

namespace hone::suggestion {
namespace {

/// The mean of the first `count` values; nothing if it is not finite.
std::optional<double> MeanOf(const std::vector<double>& values, std::size_t count) {
  const std::size_t used = std::min(values.size(), count);
  double mean = 0;
  for (std::size_t i = 0; i < used; ++i) {
    mean += values[i] / static_cast<double>(used);
  }
  return used > 0 && std::isfinite(mean) ? std::optional(mean) : std::nullopt;
}

}  // namespace

std::optional<double> MedianBar::Known(const Key& key) {
  const MutexLock lock(mutex_);
  const auto found = means_.find(key);
  return found == means_.end() ? std::nullopt : std::optional(found->second);
}

void MedianBar::Keep(const Key& key, double mean) {
  const MutexLock lock(mutex_);
  if (means_.emplace(key, mean).second) {
    order_.push_back(key);
  }
  if (order_.size() > kMeansMax) {
    means_.erase(order_.front());
    order_.pop_front();
  }
}

Result<std::optional<double>> MedianBar::Find(const std::string& scope,
                                              const std::vector<std::string>& trials,
                                              std::size_t start_step,
                                              std::size_t min_trials,
                                              const ReadValues& read) {
  std::vector<double> means;
  for (const std::string& trial : trials) {
    const Key key{scope, trial};
    std::optional<double> mean = Known(key);
    if (!mean) {
      HONE_ASSIGN_OR_RETURN(const std::vector<double> values, read(trial));
      mean = MeanOf(values, start_step);
      if (mean) {
        Keep(key, *mean);
      }
    }
    if (mean) {
      means.push_back(*mean);
    }
  }
  if (means.empty() || means.size() < min_trials) {
    return std::optional<double>();
  }
  std::sort(means.begin(), means.end());
  return std::optional(algorithms::MedianOfSorted(means));
}

}  // namespace hone::suggestion
