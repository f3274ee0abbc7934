// Notations: the ways in which programs write "name, value" in a line of text. Each is a row of a
// table; name.h and value.h hold the rules that all share, whole names and whole values. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics-collector/parse/value.h"
#include "proto/model/metrics_collector_spec.h"

namespace hone::metrics {

struct Notation {
  MetricsFormat format = MetricsFormat::kText;
  bool has_equals = false;
  bool has_colons = false;
  /// A blank may follow a colon. XGBoost writes none.
  bool has_wide_colons = false;
  /// A name and its value may be cells of one row of a table.
  bool has_cells = false;
  /// Names are quoted, as in a Python dict.
  bool is_quoted = false;
  /// A word left of a name is a separate field.
  bool takes_words = false;
  /// A spread may follow a value: 0.41+0.02.
  bool has_spread = false;
  /// Values of a progress bar count when it is full.
  bool waits_for_bars = false;
  /// A text that every line of this notation contains; empty: there is none.
  std::string_view mark = "";
};

/// Null for kJson, which is not a text notation.
[[nodiscard]] const Notation* NotationOf(MetricsFormat format);

/// A requested metric in a line.
struct Pair {
  std::size_t metric = 0;
  /// The first byte of its name.
  std::size_t begin = 0;
  Value value;
};

/// Maximum number of pairs that are read per line; one more is returned to show that there are
/// more.
inline constexpr std::size_t kPairsMax = 1000;

/// Finds the metrics `names` in `line`, in the order of the line. A pair whose value is not a
/// number looks like a metric that cannot be read. Linear in the length of the line for each name.
void FindPairs(std::string_view line,
               std::span<const std::string> names,
               const Notation& notation,
               std::vector<Pair>& pairs);

}  // namespace hone::metrics
