#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "algorithms/algorithm.h"
#include "algorithms/catalogue.h"
#include "controller/cli/frame.h"
#include "controller/cli/query.h"
#include "controller/cli/summary.h"
#include "controller/cli/table.h"
#include "controller/cli/text.h"
#include "proto/convert/manifest.h"

namespace hone::controller {
namespace {

struct TrialsOptions {
  std::optional<std::string> experiment;
  std::vector<std::string> states;
  std::optional<std::string> sort;
  std::optional<std::int64_t> limit;
  std::optional<std::string> output;
};

using Visit = std::function<bool(const Trial&)>;

constexpr std::array kStates = {TrialState::kCreated,
                                TrialState::kRunning,
                                TrialState::kSucceeded,
                                TrialState::kFailed,
                                TrialState::kKilled,
                                TrialState::kEarlyStopped,
                                TrialState::kMetricsUnavailable};

std::vector<std::string> StateWords() {
  std::vector<std::string> words;
  for (const TrialState state : kStates) {
    words.emplace_back(ToText(state));
  }
  return words;
}

db::TrialQuery QueryOf(const TrialsOptions& options, const Experiment& experiment) {
  db::TrialQuery query;
  query.experiment = experiment.key;
  for (const TrialState state : kStates) {
    if (std::find(options.states.begin(), options.states.end(), ToText(state)) !=
        options.states.end()) {
      query.states.push_back(state);
    }
  }
  return query;
}

// Visits trials from the best to the worst; those without a value come last.
Status VisitSorted(db::Store& store,
                   const Experiment& experiment,
                   const db::TrialQuery& query,
                   std::size_t limit,
                   const Visit& visit) {
  struct Ranked {
    std::optional<double> value;
    Trial trial;
  };
  const Objective objective = experiment.spec.objective.value_or(Objective{});
  const auto is_before = [&](const Ranked& a, const Ranked& b) {
    if (a.value && b.value && *a.value != *b.value) {
      return IsBetter(objective.type, *a.value, *b.value);
    }
    return a.value.has_value() != b.value.has_value() ? a.value.has_value()
                                                      : a.trial.ordinal < b.trial.ordinal;
  };
  // A heap of the best so far, the worst of them at its front.
  std::vector<Ranked> best;
  HONE_RETURN_IF_ERROR(ForEachTrial(store, query, [&](const Trial& trial) {
    best.push_back({ObjectiveValue(objective, trial.metrics), trial});
    std::push_heap(best.begin(), best.end(), is_before);
    if (best.size() > limit) {
      std::pop_heap(best.begin(), best.end(), is_before);
      best.pop_back();
    }
    return true;
  }));
  std::sort_heap(best.begin(), best.end(), is_before);
  for (const Ranked& ranked : best) {
    if (!visit(ranked.trial)) {
      break;
    }
  }
  return {};
}

Status VisitTrials(const TrialsOptions& options,
                   db::Store& store,
                   const Experiment& experiment,
                   const Visit& visit) {
  db::TrialQuery query = QueryOf(options, experiment);
  const std::size_t limit =
      options.limit ? static_cast<std::size_t>(*options.limit) : std::size_t{SIZE_MAX};
  if (options.sort == "objective") {
    return VisitSorted(store, experiment, query, limit, visit);
  }
  query.limit = limit;
  return ForEachTrial(store, query, visit);
}

std::string ValueOf(const Trial& trial, const std::string& parameter) {
  for (const Assignment& assignment : trial.assignments) {
    if (assignment.name == parameter) {
      return assignment.value;
    }
  }
  return "";
}

/// The parameters, or the architecture in numbers: its other texts are long, and follow from it.
std::vector<Column> ValueColumns(const ExperimentSpec& spec) {
  std::vector<Column> columns;
  for (const ParameterSpec& parameter : spec.parameters) {
    columns.push_back({parameter.name, parameter.type != ParameterType::kCategorical});
  }
  const std::vector<std::string> names = algorithms::AssignmentNames(spec);
  const std::string architecture{algorithms::kArchitectureNames[0]};
  if (spec.nas_config && std::find(names.begin(), names.end(), architecture) != names.end()) {
    columns.push_back({architecture});
  }
  return columns;
}

std::vector<Column> ColumnsOf(const Experiment& experiment,
                              const std::vector<Column>& value_columns) {
  std::vector<Column> columns = {{"NAME"}, {"STATE"}};
  if (experiment.spec.objective) {
    columns.push_back({experiment.spec.objective->metric_name, true});
  }
  columns.push_back({"DURATION", true});
  columns.insert(columns.end(), value_columns.begin(), value_columns.end());
  return columns;
}

std::vector<Cell> RowOf(const Experiment& experiment,
                        const std::vector<Column>& value_columns,
                        const Trial& trial,
                        Time now) {
  std::vector<Cell> row = {{trial.name()},
                           {std::string(ToText(trial.state)), ColorOf(trial.state)}};
  if (experiment.spec.objective) {
    const auto value = ObjectiveValue(*experiment.spec.objective, trial.metrics);
    row.push_back({value ? FormatShort(*value) : ""});
  }
  const Time end = IsTerminal(trial.state) ? trial.completed : now;
  row.push_back({trial.started == Time{} ? "" : FormatDuration(end - trial.started)});
  for (const Column& column : value_columns) {
    row.push_back({ValueOf(trial, column.title)});
  }
  return row;
}

Status PrintTable(const TrialsOptions& options,
                  const Session& session,
                  db::Store& store,
                  const Experiment& experiment) {
  const Time now = SystemClock().Now();
  const std::vector<Column> values = ValueColumns(experiment.spec);
  Table table(ColumnsOf(experiment, values),
              session.output.out_painter(),
              [&](std::string_view line) { return session.output.Write(line); });
  HONE_RETURN_IF_ERROR(VisitTrials(options, store, experiment, [&](const Trial& trial) {
    return table.Add(RowOf(experiment, values, trial, now));
  }));
  table.Finish();
  return {};
}

// Kubernetes' list, written item by item: it may be long.
Status PrintJson(const TrialsOptions& options,
                 const Session& session,
                 db::Store& store,
                 const Experiment& experiment) {
  session.output.Write(R"({"apiVersion":"v1","kind":"List","items":[)");
  bool is_first = true;
  HONE_RETURN_IF_ERROR(VisitTrials(options, store, experiment, [&](const Trial& trial) {
    session.output.Write(std::exchange(is_first, false) ? "\n" : ",\n");
    return session.output.Write(proto::WriteJson(proto::WriteTrial(experiment, trial)));
  }));
  session.output.Write("\n]}\n");
  return {};
}

Status Print(const TrialsOptions& options,
             const Session& session,
             db::Store& store,
             const Experiment& experiment) {
  switch (FormatOf(options.output)) {
    case Format::kJson:
      return PrintJson(options, session, store, experiment);
    case Format::kYaml:
      return VisitTrials(options, store, experiment, [&](const Trial& trial) {
        session.output.Write("---\n");
        PrintTree(session, proto::WriteTrial(experiment, trial), Format::kYaml);
        return !session.output.is_closed();
      });
    case Format::kName:
      return VisitTrials(options, store, experiment, [&](const Trial& trial) {
        return session.output.Write("trial/" + trial.name() + "\n");
      });
    case Format::kTable:
      break;
  }
  return PrintTable(options, session, store, experiment);
}

Result<int> GetTrials(const TrialsOptions& options, const Session& session) {
  if (options.limit && *options.limit < 0) {
    return Fail(Code::kInvalidArgument, "--limit: must not be negative");
  }
  HONE_ASSIGN_OR_RETURN(const auto store, OpenStore(session));
  HONE_ASSIGN_OR_RETURN(const Experiment experiment,
                        FindOrNewest(session, *store, options.experiment));
  HONE_RETURN_IF_ERROR(Print(options, session, *store, experiment));
  return kExitOk;
}

}  // namespace

Command MakeGetTrialsCommand() {
  auto options = std::make_shared<TrialsOptions>();
  Command command;
  command.name = "trials";
  command.summary = "List the trials of an experiment (the newest one if none is named)";
  command.examples = {
      {"the ten best", "hone get trials train-7k2q --sort objective --limit 10"},
      {"what went wrong", "hone get trials train-7k2q --state Failed --state MetricsUnavailable"}};
  command.positionals = {{"[EXPERIMENT]", &options->experiment, {}, Completes::kExperiment}};
  command.flags = {
      {"--state", "STATE", "only trials in this state", &options->states, StateWords()},
      {"--sort", "KEY", "ordinal, or the best first", &options->sort, {"ordinal", "objective"}},
      {"--limit", "N", "at most so many", &options->limit},
      OutputFlag(&options->output, {"table", "json", "yaml", "name"}),
  };
  command.run = [options](Session& session) {
    return GetTrials(*options, session);
  };
  return command;
}

}  // namespace hone::controller
