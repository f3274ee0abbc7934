// Objective: the metric to optimise, its direction, and the additional metrics that are recorded. A
// plain value: any thread may hold its own copy.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

enum class ObjectiveType { kUnset, kMinimize, kMaximize };
/// Which value of a metric's history represents the metric.
enum class MetricStrategy { kUnset, kMin, kMax, kLatest };

struct NamedStrategy {
  std::string name;
  MetricStrategy strategy = MetricStrategy::kUnset;
  bool operator==(const NamedStrategy&) const = default;
};

struct Objective {
  ObjectiveType type = ObjectiveType::kUnset;
  std::optional<double> goal;
  std::string metric_name;
  std::vector<std::string> additional_metric_names;
  std::vector<NamedStrategy> metric_strategies;
  bool operator==(const Objective&) const = default;

  /// The strategy of `metric` (kLatest if none is named). After defaulting every metric has one.
  [[nodiscard]] MetricStrategy StrategyOf(const std::string& metric) const;
  /// The objective metric, then the additional ones.
  [[nodiscard]] std::vector<std::string> MetricNames() const;
};

std::string_view ToText(ObjectiveType value);
std::string_view ToText(MetricStrategy value);

}  // namespace hone
