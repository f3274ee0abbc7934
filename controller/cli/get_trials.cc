#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <memory>
#include <utility>

#include "controller/cli/query.h"
#include "controller/cli/table.h"
#include "controller/cli/trial_columns.h"
#include "proto/convert/manifest.h"

namespace hone::controller {
namespace {

struct TrialsOptions {
  std::optional<std::string> experiment;
  std::vector<std::string> states;
  std::optional<std::string> sort;
  std::optional<std::int64_t> limit;
  std::optional<std::string> columns;
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

// By what trials are sorted: a number before a text, and nothing last.
struct SortKey {
  std::optional<double> number;
  std::string text;

  [[nodiscard]] int Rank() const { return number ? 0 : text.empty() ? 2 : 1; }
  bool operator<(const SortKey& other) const {
    if (Rank() != other.Rank()) {
      return Rank() < other.Rank();
    }
    return number ? *number < *other.number : text < other.text;
  }
};

using KeyOf = std::function<SortKey(const Trial&)>;

// "objective" puts the best first, a column its smallest value, "-" before it its largest.
Result<KeyOf> KeyOfSort(const std::string& sort, const Experiment& experiment) {
  if (sort == "objective") {
    const Objective objective = experiment.spec.objective.value_or(Objective{});
    const double sign = objective.type == ObjectiveType::kMaximize ? -1.0 : 1.0;
    return [objective, sign](const Trial& trial) {
      const std::optional<double> value = ObjectiveValue(objective, trial.metrics);
      return SortKey{value ? std::optional(sign * *value) : std::nullopt, ""};
    };
  }
  const bool is_reverse = sort.starts_with('-');
  Result<std::vector<TrialColumn>> column =
      NamedColumns(experiment, sort.substr(is_reverse ? 1 : 0));
  if (!column || column->size() != 1) {
    return Fail(
        Code::kInvalidArgument,
        "--sort " + sort + ": " +
            (column ? "give one column" : column.error().message + ", or objective, ordinal"));
  }
  const Time now = SystemClock().Now();
  return [column = column->front(), sign = is_reverse ? -1.0 : 1.0, now](const Trial& trial) {
    const std::string text = column.value({trial, trial.metrics, now});
    const std::optional<double> number = ParseNumber(text);
    const bool is_number = number && !std::isnan(*number);
    return SortKey{is_number ? std::optional(sign * *number) : std::nullopt, text};
  };
}

// Visits the first `limit` trials by their keys; of equals the older come first.
Status VisitSorted(db::Store& store,
                   const KeyOf& key_of,
                   const db::TrialQuery& query,
                   std::size_t limit,
                   const Visit& visit) {
  struct Ranked {
    SortKey key;
    Trial trial;
  };
  const auto is_before = [&](const Ranked& a, const Ranked& b) {
    return a.key < b.key || (!(b.key < a.key) && a.trial.ordinal < b.trial.ordinal);
  };
  // A heap of the first so far, the last of them at its front.
  std::vector<Ranked> first;
  HONE_RETURN_IF_ERROR(ForEachTrial(store, query, [&](const Trial& trial) {
    first.push_back({key_of(trial), trial});
    std::push_heap(first.begin(), first.end(), is_before);
    if (first.size() > limit) {
      std::pop_heap(first.begin(), first.end(), is_before);
      first.pop_back();
    }
    return true;
  }));
  std::sort_heap(first.begin(), first.end(), is_before);
  for (const Ranked& ranked : first) {
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
  if (options.sort.value_or("ordinal") != "ordinal") {
    HONE_ASSIGN_OR_RETURN(const KeyOf key_of, KeyOfSort(*options.sort, experiment));
    return VisitSorted(store, key_of, query, limit, visit);
  }
  query.limit = limit;
  return ForEachTrial(store, query, visit);
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

// A trial's metrics are with it once it has ended, before that among the observations.
Result<TrialRow> RowOf(db::Store& store,
                       const Experiment& experiment,
                       const Trial& trial,
                       Time now) {
  TrialRow row{trial, trial.metrics, now};
  if (trial.state == TrialState::kRunning && experiment.spec.objective) {
    HONE_ASSIGN_OR_RETURN(row.metrics, ReadMetrics(store, *experiment.spec.objective, trial));
  }
  return row;
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
  Status status;
  HONE_RETURN_IF_ERROR(VisitTrials(options, store, experiment, [&](const Trial& trial) {
    const Result<TrialRow> row = RowOf(store, experiment, trial, now);
    if (!row) {
      status = tl::unexpected<Error>(row.error());
      return false;
    }
    std::vector<Cell> cells;
    for (const TrialColumn& column : columns) {
      cells.push_back(column.CellOf(*row));
    }
    return table.Add(std::move(cells));
  }));
  HONE_RETURN_IF_ERROR(status);
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
    R"(Columns: name, state, duration, attempt, started, completed, reason, message, and every metric and
parameter by its name. -o wide shows most of them. While a trial runs, its metrics are the latest that
it has reported; afterwards as in `hone best`.)";

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
