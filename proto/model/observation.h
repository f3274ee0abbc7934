// Observation: one value of one metric of one trial at one step. Never changed once written. Values
// are kept as text, as the trial reported them, so that "0.10" and "nan" read back unchanged; NaN,
// infinities and text are never the best value.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/core/result.h"
#include "proto/core/time.h"
#include "proto/model/experiment_key.h"
#include "proto/model/objective.h"

namespace hone {

/// One run of one trial. A trial that is run again gets the next attempt.
struct AttemptId {
  ExperimentKey experiment;
  std::uint64_t ordinal = 0;
  std::int32_t attempt = 0;
  auto operator<=>(const AttemptId&) const = default;
  /// "namespace/experiment/ordinal/attempt": also the marker in a process's environment.
  [[nodiscard]] std::string ToString() const;
};

struct Observation {
  /// The order of arrival within the attempt, from 1. Together with the attempt it is the row's
  /// key, so that appends are idempotent.
  std::uint64_t sequence = 0;
  std::string metric;
  /// The step that the trial reported, or else the number of earlier values of the metric plus one.
  std::int64_t step = 0;
  std::string value;
  Time time;
  bool operator==(const Observation&) const = default;
};

/// A summary of a metric's history. Each value is text as reported, or kUnavailable.
struct MetricSummary {
  static constexpr std::string_view kUnavailable = "unavailable";
  std::string name;
  std::string min{kUnavailable};
  std::string max{kUnavailable};
  std::string latest{kUnavailable};
  bool operator==(const MetricSummary&) const = default;

  /// The value that represents the metric: by strategy, else the latest. Nothing if it is not a
  /// finite number.
  [[nodiscard]] std::optional<double> Value(MetricStrategy strategy) const;
};

/// Parses `text` as a finite or non-finite number; nothing if any part of it is something else.
std::optional<double> ParseNumber(std::string_view text);

/// The shortest text that reads back as the same double ("0.1", "1e-05", "nan", "inf").
std::string FormatNumber(double value);

/// Folds observations into summaries, one for each metric, in the order of `metrics`. min and max
/// are over finite values; latest is the value that arrived last, whatever its time: clocks step
/// back, and a program may write local time. Observations of other metrics are ignored. Adding the
/// same observations again changes nothing.
class ObservationFold {
 public:
  explicit ObservationFold(const Objective& objective);
  void Add(std::span<const Observation> observations);
  [[nodiscard]] const std::vector<MetricSummary>& summaries() const { return summaries_; }

 private:
  struct Extent {
    double min = 0;
    double max = 0;
    bool has_number = false;
    /// 0 if there is none yet.
    std::uint64_t latest_sequence = 0;
  };
  static void KeepLatest(const Observation& observation, MetricSummary& summary, Extent& extent);
  static void KeepExtremes(const Observation& observation, MetricSummary& summary, Extent& extent);

  std::vector<MetricSummary> summaries_;
  std::vector<Extent> extents_;
};

/// The objective's value in `metrics` by the objective's strategy; nothing if it is not a finite
/// number.
std::optional<double> ObjectiveValue(const Objective& objective,
                                     const std::vector<MetricSummary>& metrics);

/// True if `a` is strictly better than `b`.
[[nodiscard]] bool IsBetter(ObjectiveType type, double a, double b);

}  // namespace hone
