// MetricCounter: knows the requested metrics, and how many values of each a trial has reported. It
// creates the observations of one attempt: their sequence, and their step if the trial printed
// none. Owned by one parser; the counters of one experiment share the units, on one thread.
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
  /// A counter for another attempt: it counts from the start, and expects the same units.
  [[nodiscard]] MetricCounter Fresh() const;

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// True if a requested name occurs anywhere in `line`: a cheap test before an expensive one.
  [[nodiscard]] bool Mentions(std::string_view line) const;
  [[nodiscard]] std::optional<std::size_t> Find(std::string_view name) const;

  struct Reading {
    std::size_t metric = 0;
    std::string_view value;
    /// As printed after the value; not stored.
    std::string_view unit;
    std::optional<std::int64_t> step;
    Time time;
  };
  /// Appends one observation. A text that looks like a number and is not one causes a warning. A
  /// value is refused with a warning if it is empty, if a database could not store it as text, or
  /// if its unit differs from that of the metric's first number in any attempt.
  void Append(const Reading& reading, std::vector<Observation>& out, std::string& warning);

 private:
  std::vector<std::string> names_;
  std::vector<std::int64_t> counts_;
  /// The unit of the first number of each metric, over all attempts.
  std::shared_ptr<std::vector<std::optional<std::string>>> units_;
  std::uint64_t sequence_ = 0;
};

/// `text` in quotes, cut to a length for warnings, with "?" for characters that are not printable.
std::string Excerpt(std::string_view text);

/// Sets `warning` unless it already holds an earlier fault of the same line.
void Warn(std::string& warning, std::string text);

/// `text` without surrounding white space.
std::string_view Trim(std::string_view text);

}  // namespace hone::metrics
