// MetricCounter: which metrics are wanted, and how many values of each a trial has reported. It
// makes the observations of one attempt: their sequence, and their step where the trial named none.
// Owned by one parser; those of one experiment share the units, on one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/model/observation.h"

namespace hone::metrics {

class MetricCounter {
 public:
  explicit MetricCounter(std::vector<std::string> names);
  /// One for another attempt: it counts from the start, and wants the same units.
  [[nodiscard]] MetricCounter Fresh() const;

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// True if a wanted name occurs anywhere in `line`: a cheap test before an expensive one.
  [[nodiscard]] bool Mentions(std::string_view line) const;
  [[nodiscard]] std::optional<std::size_t> Find(std::string_view name) const;

  struct Reading {
    std::size_t metric = 0;
    std::string_view value;
    /// As printed behind the value; not kept.
    std::string_view unit;
    std::optional<std::int64_t> step;
    Time time;
  };
  /// Appends one observation. A text that looks like a number and is none is a warning. A value
  /// that is empty, that no database could keep as text, or whose unit is another one than that of
  /// the metric's first number in any attempt, is refused with a warning.
  void Append(const Reading& reading, std::vector<Observation>& out, std::string& warning);

 private:
  std::vector<std::string> names_;
  std::vector<std::int64_t> counts_;
  /// Of the first number of each metric, in whichever attempt it was.
  std::shared_ptr<std::vector<std::optional<std::string>>> units_;
  std::uint64_t sequence_ = 0;
};

/// `text` in quotes, cut to what fits into a warning, with "?" for what a terminal cannot show.
std::string Excerpt(std::string_view text);

/// Sets `warning` unless an earlier fault of the same line is there.
void Warn(std::string& warning, std::string text);

/// Without the white space around it.
std::string_view Trim(std::string_view text);

}  // namespace hone::metrics
