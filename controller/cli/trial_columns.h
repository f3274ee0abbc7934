// TrialColumns: the columns that a table of trials may show, by the names that --columns and --sort
// take. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "controller/cli/table.h"
#include "proto/core/result.h"
#include "proto/model/trial.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

/// A trial; while it runs, with the metrics that it has reported so far.
struct TrialRow {
  const Trial& trial;
  Time now;
};

struct TrialColumn {
  enum class Shown { kAlways, kWide, kOnRequest };

  /// The name for --columns: "state", or the name of a metric or parameter.
  std::string name;
  Column column;
  Shown shown = Shown::kAlways;
  /// The whole value; "" if there is none.
  std::function<std::string(const TrialRow&)> value;
  /// The value for people, if that is not the whole value with shortened numbers.
  std::function<std::string(const TrialRow&)> text{};

  [[nodiscard]] Cell CellOf(const TrialRow& row) const;
};

/// How long the trial has run until `now` or its end; nothing if it has not started.
std::optional<Duration> DurationOf(const Trial& trial, Time now);

/// All columns that the trials of `experiment` have. If two columns have the same name, the first
/// is used.
std::vector<TrialColumn> TrialColumns(const Experiment& experiment);

/// The columns that a table shows; with `is_wide`, a wide table.
std::vector<TrialColumn> ShownColumns(const Experiment& experiment, bool is_wide);

/// The columns of a list of names such as "name,state,lr". Error: kInvalidArgument, which lists the
/// names that exist.
Result<std::vector<TrialColumn>> NamedColumns(const Experiment& experiment,
                                              const std::string& names);

}  // namespace hone::controller
