#include "controller/cli/trial_columns.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "algorithms/algorithm.h"
#include "algorithms/catalogue.h"
#include "controller/cli/frame.h"
#include "controller/cli/summary.h"
#include "controller/cli/text.h"
#include "proto/model/field_error.h"

namespace hone::controller {
namespace {

using Shown = TrialColumn::Shown;

std::string SecondsText(const TrialRow& row) {
  const std::optional<Duration> duration = DurationOf(row.trial, row.now);
  return duration ? fmt::format("{:.6f}", std::chrono::duration<double>(*duration).count()) : "";
}

std::string DurationText(const TrialRow& row) {
  const std::optional<Duration> duration = DurationOf(row.trial, row.now);
  return duration ? FormatDuration(*duration) : "";
}

// Shows the latest value while the trial runs, then the value by the metric's strategy.
TrialColumn MetricColumn(const Objective& objective, const std::string& name, Shown shown) {
  const MetricStrategy strategy = objective.StrategyOf(name);
  return {name, {name, true}, shown, [name, strategy](const TrialRow& row) {
            for (const MetricSummary& metric : row.trial.metrics) {
              if (metric.name == name) {
                return MetricText(metric,
                                  IsTerminal(row.trial.state) ? strategy : MetricStrategy::kLatest);
              }
            }
            return std::string();
          }};
}

TrialColumn ParameterColumn(const std::string& name, bool is_number) {
  return {name, {name, is_number}, Shown::kAlways, [name](const TrialRow& row) {
            for (const Assignment& assignment : row.trial.assignments) {
              if (assignment.name == name) {
                return assignment.value;
              }
            }
            return std::string();
          }};
}

// The parameters, or the architecture as numbers: its other texts are long, and follow from the
// numbers.
void AddParameters(const ExperimentSpec& spec, std::vector<TrialColumn>& columns) {
  for (const ParameterSpec& parameter : spec.parameters) {
    columns.push_back(
        ParameterColumn(parameter.name, parameter.type != ParameterType::kCategorical));
  }
  const std::vector<std::string> names = algorithms::AssignmentNames(spec);
  const std::string architecture{algorithms::kArchitectureNames[0]};
  if (spec.nas_config && std::find(names.begin(), names.end(), architecture) != names.end()) {
    columns.push_back(ParameterColumn(architecture, false));
  }
}

tl::unexpected<Error> NoColumn(const std::string& name, const std::vector<TrialColumn>& all) {
  std::vector<std::string> names;
  std::string list;
  for (const TrialColumn& column : all) {
    names.push_back(column.name);
    list += (list.empty() ? "" : ", ") + column.name;
  }
  return Fail(
      Code::kInvalidArgument,
      "there is no column \"" + name + "\"" + SpellingHint(name, names, "; there are " + list));
}

}  // namespace

Cell TrialColumn::CellOf(const TrialRow& row) const {
  return {text ? text(row) : FormatShort(std::string_view(value(row))),
          name == "state" ? ColorOf(row.trial.state) : Color::kPlain};
}

std::optional<Duration> DurationOf(const Trial& trial, Time now) {
  if (trial.started == Time{}) {
    return std::nullopt;
  }
  return (IsTerminal(trial.state) ? trial.completed : now) - trial.started;
}

std::vector<TrialColumn> TrialColumns(const Experiment& experiment) {
  const TrialCounts& counts = experiment.status.counts;
  const bool has_messages = counts.Failures() + counts.killed + counts.early_stopped > 0;
  std::vector<TrialColumn> columns;
  columns.push_back({"name", {"NAME"}, Shown::kAlways, [](const TrialRow& row) {
                       return row.trial.name();
                     }});
  columns.push_back({"state", {"STATE"}, Shown::kAlways, [](const TrialRow& row) {
                       return std::string(ToText(row.trial.state));
                     }});
  const Objective objective = experiment.spec.objective.value_or(Objective{});
  if (experiment.spec.objective) {
    columns.push_back(MetricColumn(objective, objective.metric_name, Shown::kAlways));
  }
  for (const std::string& metric : objective.additional_metric_names) {
    columns.push_back(MetricColumn(objective, metric, Shown::kWide));
  }
  columns.push_back({"duration", {"DURATION", true}, Shown::kAlways, SecondsText, DurationText});
  columns.push_back({"attempt", {"ATTEMPT", true}, Shown::kWide, [](const TrialRow& row) {
                       return std::to_string(row.trial.attempt);
                     }});
  columns.push_back({"started", {"STARTED"}, Shown::kWide, [](const TrialRow& row) {
                       return FormatTime(row.trial.started);
                     }});
  columns.push_back({"completed", {"COMPLETED"}, Shown::kWide, [](const TrialRow& row) {
                       return FormatTime(row.trial.completed);
                     }});
  columns.push_back({"reason", {"REASON"}, Shown::kOnRequest, [](const TrialRow& row) {
                       return row.trial.reason;
                     }});
  AddParameters(experiment.spec, columns);
  columns.push_back({"message",
                     {"MESSAGE"},
                     has_messages ? Shown::kAlways : Shown::kWide,
                     [](const TrialRow& row) {
                       return row.trial.message;
                     }});
  return columns;
}

std::vector<TrialColumn> ShownColumns(const Experiment& experiment, bool is_wide) {
  std::vector<TrialColumn> columns = TrialColumns(experiment);
  std::erase_if(columns, [&](const TrialColumn& column) {
    return column.shown == Shown::kOnRequest || (column.shown == Shown::kWide && !is_wide);
  });
  return columns;
}

Result<std::vector<TrialColumn>> NamedColumns(const Experiment& experiment,
                                              const std::string& names) {
  const std::vector<TrialColumn> all = TrialColumns(experiment);
  std::vector<TrialColumn> columns;
  for (const std::string& name : SplitList(names)) {
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const TrialColumn& column) { return column.name == name; });
    if (found == all.end()) {
      return NoColumn(name, all);
    }
    columns.push_back(*found);
  }
  return columns;
}

}  // namespace hone::controller
