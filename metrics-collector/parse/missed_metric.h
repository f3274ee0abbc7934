// MissedMetric: explains why a trial that printed something reported no objective. It keeps the
// line that comes closest and names the option that would have read it. Owned by one feed, on its
// thread; bounded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "metrics-collector/parse/line_parser.h"

namespace hone::metrics {

class MissedMetric {
 public:
  /// The objective is the first metric of `options`, which must not be empty.
  explicit MissedMetric(ParserOptions options) : options_(std::move(options)) {}

  /// Takes a line in which the objective was not found.
  void Look(std::string_view line);
  /// `it printed "loss: 0.41": try --format keras (format: KERAS)`; empty if nothing came close.
  [[nodiscard]] std::string Hint() const;

 private:
  /// How close a line comes: another metric with a whole number or with a fraction; the name of the
  /// objective in another case; the exact name.
  enum class Nearness { kNone, kWhole, kFraction, kOtherCase, kName };
  struct Place {
    Nearness nearness = Nearness::kNone;
    /// The bytes of the name.
    std::size_t begin = 0;
    std::size_t end = 0;
    /// The first byte of the number.
    std::size_t number = 0;
  };
  [[nodiscard]] Place Find(std::string_view line) const;
  [[nodiscard]] Place FindName(std::string_view line) const;
  [[nodiscard]] static Place FindOther(std::string_view line);
  /// The option that would read the metric `name` in the line: ": try --format keras (format:
  /// KERAS)", or empty.
  [[nodiscard]] std::string Remedy(const std::string& name) const;
  [[nodiscard]] std::string RemedyOfName() const;

  ParserOptions options_;
  std::string line_;
  Place place_;
};

}  // namespace hone::metrics
