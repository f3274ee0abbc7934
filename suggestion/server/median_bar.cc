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

MedianBar::Known MedianBar::Find(const std::string& scope, const std::vector<std::string>& trials) {
  Known known;
  const MutexLock lock(mutex_);
  const auto place = scopes_.find(scope);
  if (place == scopes_.end()) {
    known.others = trials;
    return known;
  }
  for (const std::string& trial : trials) {
    const auto found = place->second.find(trial);
    if (found != place->second.end()) {
      known.means.push_back(found->second);
    } else {
      known.others.push_back(trial);
    }
  }
  return known;
}

std::optional<double> MedianBar::Learn(const std::string& scope,
                                       const std::string& trial,
                                       std::span<const double> values,
                                       std::size_t start_step) {
  const std::optional<double> mean = MeanOf(values.first(std::min(values.size(), start_step)));
  if (!mean) {
    return std::nullopt;
  }
  const MutexLock lock(mutex_);
  const auto [place, is_new_scope] = scopes_.try_emplace(scope);
  scope_bytes_ += is_new_scope ? scope.size() : 0;
  const auto [learned, is_new] = place->second.emplace(trial, *mean);
  if (is_new) {
    order_.emplace_back(place, learned);
  }
  while (order_.size() > kMeansMax || (scope_bytes_ > kScopeBytesMax && !order_.empty())) {
    EvictOldest();
  }
  return mean;
}

void MedianBar::EvictOldest() {
  const auto [scope, mean] = order_.front();
  order_.pop_front();
  scope->second.erase(mean);
  if (scope->second.empty()) {
    scope_bytes_ -= scope->first.size();
    scopes_.erase(scope);
  }
}

std::optional<double> MedianBar::Of(std::vector<double> means, std::size_t min_trials) {
  if (means.empty() || means.size() < min_trials) {
    return std::nullopt;
  }
  std::sort(means.begin(), means.end());
  return algorithms::MedianOfSorted(means);
}

}  // namespace hone::suggestion
