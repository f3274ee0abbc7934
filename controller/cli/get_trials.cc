#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "controller/cli/query.h"
#include "controller/cli/table.h"
#include "controller/cli/trial_choice.h"
#include "controller/cli/trial_columns.h"
#include "proto/convert/manifest.h"

namespace hone::controller {
namespace {

struct TrialsOptions {
  std::optional<std::string> experiment;
  std::vector<std::string> states;
  std::vector<std::string> conditions;
  std::optional<std::string> sort;
  std::optional<std::int64_t> limit;
  std::optional<std::string> columns;
  std::optional<std::string> output;
};

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

Status VisitTrials(const TrialsOptions& options,
                   db::Store& store,
                   const Experiment& experiment,
                   const Visit& visit) {
  TrialChoice choice;
  for (const TrialState state : kStates) {
    if (std::find(options.states.begin(), options.states.end(), ToText(state)) !=
        options.states.end()) {
      choice.states.push_back(state);
    }
  }
  choice.conditions = options.conditions;
  choice.sort = options.sort.value_or(choice.sort);
  if (options.limit) {
    choice.limit = static_cast<std::size_t>(*options.limit);
  }
  return VisitChosen(store, experiment, choice, visit);
}

Result<std::vector<TrialColumn>> ColumnsOf(const TrialsOptions& options,
                                           const Experiment& experiment) {
  if (!options.columns) {
    return ShownColumns(experiment, options.output == "wide");
  }
  Result<std::vector<TrialColumn>> columns = NamedColumns(experiment, *options.columns);
  if (!columns) {
    return Fail(Code::kInvalidArgument, "--columns: " + columns.error().message);
  }
  return columns;
}

Status PrintTable(const TrialsOptions& options,
                  const Session& session,
                  db::Store& store,
                  const Experiment& experiment) {
  HONE_ASSIGN_OR_RETURN(const std::vector<TrialColumn> columns, ColumnsOf(options, experiment));
  std::vector<Column> titles;
  for (const TrialColumn& column : columns) {
    titles.push_back(column.column);
  }
  Table table(titles, session.output.out_painter(), [&](std::string_view line) {
    return session.output.Write(line);
  });
  const Time now = SystemClock().Now();
  HONE_RETURN_IF_ERROR(VisitTrials(options, store, experiment, [&](const Trial& trial) {
    std::vector<Cell> cells;
    for (const TrialColumn& column : columns) {
      cells.push_back(column.CellOf({trial, now}));
    }
    return table.Add(std::move(cells));
  }));
  table.Finish();
  return {};
}

// A list as Kubernetes writes it, printed item by item, since it may be long.
Status PrintJson(const TrialsOptions& options,
                 const Session& session,
                 db::Store& store,
                 const Experiment& experiment) {
  session.output.Write(R"({"apiVersion":"v1","kind":"List","items":[)");
  bool is_first = true;
  HONE_RETURN_IF_ERROR(VisitTrials(options, store, experiment, [&](const Trial& trial) {
    session.output.Write(std::exchange(is_first, false) ? "\n" : ",\n");
    return session.output.WriteRaw(proto::WriteJson(proto::WriteTrial(experiment, trial)));
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
  if (options.columns && FormatOf(options.output) != Format::kTable) {
    return Fail(
        Code::kInvalidArgument,
        "--columns: only a table has columns; -o " + *options.output + " prints everything");
  }
  HONE_ASSIGN_OR_RETURN(const auto store, OpenStore(session));
  HONE_ASSIGN_OR_RETURN(const Experiment experiment,
                        FindOrNewest(session, *store, options.experiment));
  HONE_RETURN_IF_ERROR(Print(options, session, *store, experiment));
  return kExitOk;
}

constexpr const char* kNotes =
    R"(Columns: name, state, duration (in seconds), attempt, started, completed, reason, message, and
every metric and parameter by its name. -o wide shows most of them. While a trial runs, a metric is
the latest value that it has reported; afterwards the one that `hone best` shows.

In --where, < <= > >= compare numbers; = and != compare texts, or numbers where both sides are.)";

}  // namespace

Command MakeGetTrialsCommand() {
  auto options = std::make_shared<TrialsOptions>();
  Command command;
  command.name = "trials";
  command.summary = "List the trials of an experiment (the newest one if none is named)";
  command.examples = {
      {"the ten best", "hone get trials train-7k2q --sort objective --limit 10"},
      {"what went wrong", "hone get trials train-7k2q --state Failed --state MetricsUnavailable"},
      {"some columns, the slowest first",
       "hone get trials train-7k2q --columns name,duration,lr --sort=-duration"}};
  command.notes = kNotes;
  command.positionals = {{"[EXPERIMENT]", &options->experiment, {}, Completes::kExperiment}};
  command.flags = {
      {"--state", "STATE", "only trials in this state", &options->states, StateWords()},
      {"--where",
       "CONDITION",
       "only trials with such a value, e.g. 'loss<0.5' or opt=adam; = != < <= > >=",
       &options->conditions},
      {"--sort",
       "KEY",
       "ordinal, objective (the best first), or a column (-COLUMN: the largest first)",
       &options->sort},
      {"--limit", "N", "at most so many", &options->limit},
      {"--columns", "NAMES", "what the table shows, e.g. name,state,loss,lr", &options->columns},
      OutputFlag(&options->output, {"table", "wide", "json", "yaml", "name"}),
  };
  command.run = [options](Session& session) {
    return GetTrials(*options, session);
  };
  return command;
}

}  // namespace hone::controller
