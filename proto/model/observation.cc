#include "proto/model/observation.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace hone {

std::string AttemptId::ToString() const {
  return experiment.ToString() + "/" + std::to_string(ordinal) + "/" + std::to_string(attempt);
}

std::optional<double> ParseNumber(std::string_view text) {
  // from_chars knows "nan", "inf" and "infinity" in any case, but no leading '+'.
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
      return std::nullopt;
    }
  }
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (rest != end || text.empty()) {
    return std::nullopt;
  }
  if (error == std::errc::result_out_of_range) {
    // Too large or too small for a double: strtod's answer (infinity or zero) is the value.
    return std::strtod(std::string(text).c_str(), nullptr);
  }
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::string FormatNumber(double value) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  HONE_CHECK(error == std::errc());
  return {text.data(), end};
}

std::optional<double> MetricSummary::Value(MetricStrategy strategy) const {
  const std::string& chosen = strategy == MetricStrategy::kMin   ? min
                              : strategy == MetricStrategy::kMax ? max
                                                                 : latest;
  const std::optional<double> value = ParseNumber(chosen == kUnavailable ? latest : chosen);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

ObservationFold::ObservationFold(const Objective& objective) {
  for (std::string& name : objective.MetricNames()) {
    summaries_.push_back({.name = std::move(name)});
  }
  extents_.resize(summaries_.size());
}

void ObservationFold::Add(std::span<const Observation> observations) {
  for (const Observation& observation : observations) {
    for (std::size_t i = 0; i < summaries_.size(); ++i) {
      if (summaries_[i].name == observation.metric) {
        KeepLatest(observation, summaries_[i], extents_[i]);
        KeepExtremes(observation, summaries_[i], extents_[i]);
      }
    }
  }
}

void ObservationFold::KeepLatest(const Observation& observation,
                                 MetricSummary& summary,
                                 Extent& extent) {
  if (observation.sequence >= extent.latest_sequence) {
    summary.latest = observation.value;
    extent.latest_sequence = observation.sequence;
  }
}

void ObservationFold::KeepExtremes(const Observation& observation,
                                   MetricSummary& summary,
                                   Extent& extent) {
  const std::optional<double> value = ParseNumber(observation.value);
  if (!value || !std::isfinite(*value)) {
    return;
  }
  if (!extent.has_number || *value < extent.min) {
    extent.min = *value;
    summary.min = observation.value;
  }
  if (!extent.has_number || *value > extent.max) {
    extent.max = *value;
    summary.max = observation.value;
  }
  extent.has_number = true;
}

std::optional<double> ObjectiveValue(const Objective& objective,
                                     const std::vector<MetricSummary>& metrics) {
  for (const MetricSummary& summary : metrics) {
    if (summary.name == objective.metric_name) {
      return summary.Value(objective.StrategyOf(objective.metric_name));
    }
  }
  return std::nullopt;
}

bool IsBetter(ObjectiveType type, double a, double b) {
  return type == ObjectiveType::kMaximize ? a > b : a < b;
}

}  // namespace hone
