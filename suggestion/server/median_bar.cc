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

MedianBar::Known MedianBar::Find(const Scope& scope, const std::vector<std::string>& trials) {
  Known known;
  const MutexLock lock(mutex_);
  Means* const means = experiments_.Find(scope);
  for (const std::string& trial : trials) {
    const double* const mean = means == nullptr ? nullptr : means->Find(trial);
    if (mean != nullptr) {
      known.means.push_back(*mean);
    } else {
      known.others.push_back(trial);
    }
  }
  return known;
}

std::optional<double> MedianBar::Learn(const Scope& scope,
                                       const std::string& trial,
                                       std::span<const double> values,
                                       std::size_t start_step) {
  const std::optional<double> mean = MeanOf(values.first(std::min(values.size(), start_step)));
  if (!mean) {
    return std::nullopt;
  }
  const MutexLock lock(mutex_);
  Means& means = experiments_.Insert(scope, Means());
  count_ -= means.size();
  means.Insert(trial, *mean);
  count_ += means.size();
  while (experiments_.size() > kExperimentsMax || (count_ > kMeansMax && experiments_.size() > 1)) {
    count_ -= experiments_.TakeOldest()->size();
  }
  for (; count_ > kMeansMax; --count_) {
    means.TakeOldest();
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
