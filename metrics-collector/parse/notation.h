// Notations: how programs write "name, value" in a line of text. Each is a row of a table; what
// they share, whole names and whole values, is in name.h and value.h. Pure.
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
  /// A blank may stand behind a colon. XGBoost writes none.
  bool has_wide_colons = false;
  /// A name and its value may be cells of one row of a table.
  bool has_cells = false;
  /// Names stand in quotes, as in a dict of Python.
  bool is_quoted = false;
  /// A word left of a name is a field of its own.
  bool takes_words = false;
  /// A spread may follow a value: 0.41+0.02.
  bool has_spread = false;
  /// Values of a progress bar count when it is full.
  bool waits_for_bars = false;
  /// What a line of this notation has for sure; empty: nothing is sure.
  std::string_view mark = "";
};

/// Nothing for kJson, which is no text.
[[nodiscard]] const Notation* NotationOf(MetricsFormat format);

/// A wanted metric in a line.
struct Pair {
  std::size_t metric = 0;
  /// Where its name begins.
  std::size_t begin = 0;
  Value value;
};

/// At most so many of a line are read; one more is found, which says that there are more.
inline constexpr std::size_t kPairsMax = 1000;

/// Finds the metrics `names` in `line`, in the order of the line. A pair whose value is no number
/// is one that looks like a metric. Linear in the length of the line for each name.
void FindPairs(std::string_view line,
               std::span<const std::string> names,
               const Notation& notation,
               std::vector<Pair>& pairs);

}  // namespace hone::metrics
