#include "suggestion/server/median_bar.h"

#include <algorithm>
#include <cmath>

#include "algorithms/numerics/median.h"

namespace hone::suggestion {
namespace {

/// The mean of `values`; nothing if it is not finite.
std::optional<double> MeanOf(std::span<const double> values) {
  double mean = 0;
  for (const double value : values) {
    mean += value / static_cast<double>(values.size());
  }
  return !values.empty() && std::isfinite(mean) ? std::optional(mean) : std::nullopt;
}

}  // namespace

MedianBar::Known MedianBar::Find(std::uint64_t scope, const std::vector<std::string>& trials) {
  Known known;
  const MutexLock lock(mutex_);
  for (const std::string& trial : trials) {
    const auto found = means_.find({scope, trial});
    if (found != means_.end()) {
      known.means.push_back(found->second);
    } else {
      known.others.push_back(trial);
    }
  }
  return known;
}

std::optional<double> MedianBar::Learn(std::uint64_t scope,
                                       const std::string& trial,
                                       std::span<const double> values,
                                       std::size_t start_step) {
  const std::optional<double> mean = MeanOf(values.first(std::min(values.size(), start_step)));
  if (!mean) {
    return std::nullopt;
  }
  const Key key{scope, trial};
  const MutexLock lock(mutex_);
  if (means_.emplace(key, *mean).second) {
    order_.push_back(key);
  }
  if (order_.size() > kMeansMax) {
    means_.erase(order_.front());
    order_.pop_front();
  }
  return mean;
}

std::optional<double> MedianBar::Of(std::vector<double> means, std::size_t min_trials) {
  if (means.empty() || means.size() < min_trials) {
    return std::nullopt;
  }
  std::sort(means.begin(), means.end());
  return algorithms::MedianOfSorted(means);
}

}  // namespace hone::suggestion
