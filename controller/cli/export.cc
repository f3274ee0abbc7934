#include <memory>
#include <utility>

#include <fmt/format.h>

#include "algorithms/catalogue.h"
#include "controller/cli/csv.h"
#include "controller/cli/query.h"
#include "controller/cli/summary.h"

namespace hone::controller {
namespace {

struct ExportOptions {
  std::optional<std::string> name;
  std::optional<std::string> output;
  bool wants_observations = false;
};

// Writes records as CSV, as a JSON array, or as one JSON object on each line.
class RecordWriter {
 public:
  RecordWriter(Output& output, std::string format) : output_(output), format_(std::move(format)) {}

  bool Begin(const std::vector<std::string>& titles) {
    return output_.WriteRaw(format_ == "csv" ? CsvRow(titles) : format_ == "json" ? "[" : "");
  }
  [[nodiscard]] bool IsCsv() const { return format_ == "csv"; }
  bool Add(const std::vector<std::string>& fields) { return output_.WriteRaw(CsvRow(fields)); }
  bool Add(const proto::Json& record) {
    const std::string separator = format_ == "jsonl" ? "" : is_first_ ? "\n" : ",\n";
    is_first_ = false;
    return output_.WriteRaw(separator + proto::WriteJson(record) +
                            (format_ == "jsonl" ? "\n" : ""));
  }
  void End() { output_.Write(format_ == "json" ? "\n]\n" : ""); }

 private:
  Output& output_;
  std::string format_;
  bool is_first_ = true;
};

// The value of `name` in a list of things that have names; "" if it is not there.
template <typename Things, typename Value>
std::string Find(const Things& things, const std::string& name, const Value& value) {
  for (const auto& thing : things) {
    if (thing.name == name) {
      return value(thing);
    }
  }
  return "";
}

// The columns of an experiment's trials, and each trial's values in them.
class TrialRecord {
 public:
  explicit TrialRecord(const Experiment& experiment)
      : objective_(experiment.spec.objective.value_or(Objective{})),
        parameters_(algorithms::AssignmentNames(experiment.spec)),
        metrics_(objective_.MetricNames()) {}

  [[nodiscard]] std::vector<std::string> Titles() const {
    std::vector<std::string> titles = {
        "trial", "state", "attempt", "started", "completed", "duration_seconds"};
    titles.insert(titles.end(), parameters_.begin(), parameters_.end());
    titles.insert(titles.end(), metrics_.begin(), metrics_.end());
    return titles;
  }

  [[nodiscard]] std::vector<std::string> Fields(const Trial& trial) const {
    std::vector<std::string> fields = {trial.name(),
                                       std::string(ToText(trial.state)),
                                       std::to_string(trial.attempt),
                                       FormatTime(trial.started),
                                       FormatTime(trial.completed),
                                       Seconds(trial)};
    for (const std::string& parameter : parameters_) {
      fields.push_back(ParameterText(trial, parameter));
    }
    for (const std::string& metric : metrics_) {
      fields.push_back(MetricOf(trial, metric));
    }
    return fields;
  }

  [[nodiscard]] proto::Json Tree(const Trial& trial) const {
    proto::Json tree = {{"trial", trial.name()},
                        {"state", ToText(trial.state)},
                        {"attempt", trial.attempt},
                        {"started", FormatTime(trial.started)},
                        {"completed", FormatTime(trial.completed)},
                        {"duration_seconds", nullptr},
                        {"parameters", proto::Json::object()},
                        {"metrics", proto::Json::object()}};
    if (const std::optional<double> seconds = ParseNumber(Seconds(trial))) {
      tree["duration_seconds"] = *seconds;
    }
    // A parameter that is not active has no key.
    for (const Assignment& assignment : trial.assignments) {
      tree["parameters"][assignment.name] = assignment.value;
    }
    for (const std::string& metric : metrics_) {
      tree["metrics"][metric] = MetricOf(trial, metric);
    }
    return tree;
  }

 private:
  static std::string Seconds(const Trial& trial) {
    if (trial.started == Time{} || trial.completed == Time{}) {
      return "";
    }
    return fmt::format("{:.6f}",
                       std::chrono::duration<double>(trial.completed - trial.started).count());
  }
  static std::string ParameterText(const Trial& trial, const std::string& name) {
    return Find(trial.assignments, name, [](const Assignment& found) { return found.value; });
  }
  [[nodiscard]] std::string MetricOf(const Trial& trial, const std::string& name) const {
    return Find(trial.metrics, name, [&](const MetricSummary& found) {
      return MetricText(found, objective_.StrategyOf(name));
    });
  }

  Objective objective_;
  std::vector<std::string> parameters_;
  std::vector<std::string> metrics_;
};

Status ExportTrials(db::Store& store, const Experiment& experiment, RecordWriter& writer) {
  const TrialRecord record(experiment);
  writer.Begin(record.Titles());
  HONE_RETURN_IF_ERROR(
      ForEachTrial(store, {.experiment = experiment.key, .states = {}}, [&](const Trial& trial) {
        return writer.IsCsv() ? writer.Add(record.Fields(trial)) : writer.Add(record.Tree(trial));
      }));
  writer.End();
  return {};
}

bool AddObservation(RecordWriter& writer, const Trial& trial, const Observation& observation) {
  if (writer.IsCsv()) {
    return writer.Add(std::vector<std::string>{trial.name(),
                                               std::to_string(trial.attempt),
                                               observation.metric,
                                               std::to_string(observation.step),
                                               observation.value,
                                               FormatTime(observation.time)});
  }
  return writer.Add(proto::Json{{"trial", trial.name()},
                                {"attempt", trial.attempt},
                                {"metric", observation.metric},
                                {"step", observation.step},
                                {"value", observation.value},
                                {"time", FormatTime(observation.time)}});
}

// Writes every observation of a trial's last attempt; false when the reader of stdout has gone.
Result<bool> ExportHistory(db::Store& store, const Trial& trial, RecordWriter& writer) {
  db::ObservationQuery query{
      .attempt = trial.attempt_id(), .metric = "", .limit = kPageObservations};
  while (true) {
    HONE_ASSIGN_OR_RETURN(const std::vector<Observation> page, store.ListObservations(query));
    for (const Observation& observation : page) {
      if (!AddObservation(writer, trial, observation)) {
        return false;
      }
    }
    if (page.size() < kPageObservations) {
      return true;
    }
    query.after_sequence = page.back().sequence;
  }
}

Status ExportObservations(db::Store& store, const Experiment& experiment, RecordWriter& writer) {
  writer.Begin({"trial", "attempt", "metric", "step", "value", "time"});
  Status status;
  HONE_RETURN_IF_ERROR(
      ForEachTrial(store, {.experiment = experiment.key, .states = {}}, [&](const Trial& trial) {
        const Result<bool> is_wanted = ExportHistory(store, trial, writer);
        if (!is_wanted) {
          status = tl::unexpected<Error>(is_wanted.error());
        }
        return is_wanted.value_or(false);
      }));
  writer.End();
  return status;
}

Result<int> Export(const ExportOptions& options, const Session& session) {
  HONE_ASSIGN_OR_RETURN(const auto store, OpenStore(session));
  HONE_ASSIGN_OR_RETURN(const Experiment experiment, FindOrNewest(session, *store, options.name));
  RecordWriter writer(session.output, options.output.value_or("csv"));
  HONE_RETURN_IF_ERROR(options.wants_observations ? ExportObservations(*store, experiment, writer)
                                                  : ExportTrials(*store, experiment, writer));
  return kExitOk;
}

}  // namespace

Command MakeExportCommand() {
  auto options = std::make_shared<ExportOptions>();
  Command command;
  command.name = "export";
  command.summary = "Print all trials of an experiment, or all that they reported, for other tools";
  command.examples = {{"for a spreadsheet or pandas", "hone export train-7k2q -o csv > trials.csv"},
                      {"of the newest experiment", "hone export > trials.csv"},
                      {"every value of every metric",
                       "hone export train-7k2q --observations -o jsonl > history.jsonl"}};
  command.positionals = {{"[EXPERIMENT]", &options->name, {}, Completes::kExperiment}};
  command.flags = {
      OutputFlag(&options->output, {"csv", "json", "jsonl"}),
      {"--observations",
       "",
       "the history of all metrics instead of one row a trial",
       &options->wants_observations},
  };
  command.run = [options](Session& session) {
    return Export(*options, session);
  };
  return command;
}

}  // namespace hone::controller
