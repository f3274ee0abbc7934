// MissedMetric: why a trial that printed something reported no objective. It keeps the line that
// comes closest and says what would have read it. Owned by one feed, on its thread; bounded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "metrics-collector/parse/line_parser.h"

namespace hone::metrics {

class MissedMetric {
 public:
  /// The objective is the first metric of `options`, which has one.
  explicit MissedMetric(ParserOptions options) : options_(std::move(options)) {}

  /// A line in which the objective was not found.
  void Look(std::string_view line);
  /// `it printed "loss: 0.41": try --format keras (format: KERAS)`; empty if nothing came close.
  [[nodiscard]] std::string Hint() const;

 private:
  /// How close a line comes: another metric, with a whole number or a fraction; the name.
  enum class Nearness { kNone, kWhole, kFraction, kOtherCase, kName };
  struct Place {
    Nearness nearness = Nearness::kNone;
    /// The name.
    std::size_t begin = 0;
    std::size_t end = 0;
    /// Where the number begins.
    std::size_t number = 0;
  };
  [[nodiscard]] Place Find(std::string_view line) const;
  [[nodiscard]] Place FindName(std::string_view line) const;
  [[nodiscard]] static Place FindOther(std::string_view line);
  /// What would read the metric `name` in the line: ": try --format keras (format: KERAS)", or
  /// nothing.
  [[nodiscard]] std::string Remedy(const std::string& name) const;
  [[nodiscard]] std::string RemedyOfName() const;

  ParserOptions options_;
  std::string line_;
  Place place_;
};

}  // namespace hone::metrics
