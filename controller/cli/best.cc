#include <memory>

#include "controller/cli/failures.h"
#include "controller/cli/query.h"
#include "controller/cli/shell_variables.h"
#include "controller/cli/summary.h"
#include "proto/convert/manifest.h"

namespace hone::controller {
namespace {

struct BestOptions {
  std::optional<std::string> name;
  std::optional<std::string> output;
};

proto::Json BestTree(const Session& session, const Experiment& experiment, const Trial& best) {
  proto::Json parameters = proto::Json::object();
  for (const Assignment& assignment : best.assignments) {
    parameters[assignment.name] = assignment.value;
  }
  proto::Json metrics = proto::Json::object();
  proto::Json strategies = proto::Json::object();
  for (const MetricSummary& metric : best.metrics) {
    const MetricStrategy strategy = experiment.spec.objective->StrategyOf(metric.name);
    metrics[metric.name] = MetricText(metric, strategy);
    strategies[metric.name] = ToText(strategy);
  }
  return {{"experiment", experiment.key.name},
          {"trial", best.name()},
          {"objective", experiment.spec.objective->metric_name},
          {"value", experiment.status.optimal->value},
          {"parameters", std::move(parameters)},
          {"metrics", std::move(metrics)},
          {"strategies", std::move(strategies)},
          {"files", FilesOf(session, best)}};
}

Status PrintShell(const Session& session, const Trial& best) {
  HONE_ASSIGN_OR_RETURN(const std::vector<ShellVariable> variables,
                        ShellVariables(best.assignments));
  for (const ShellVariable& variable : variables) {
    if (variable.name != variable.parameter) {
      session.output.Note("note: " + variable.parameter + " is " + variable.name + " here");
    }
    session.output.WriteRaw(variable.name + "=" + ShellQuoted(variable.value) + "\n");
  }
  return {};
}

// The reason why there is no best trial.
Result<std::string> WhyNone(db::Store& store, const Experiment& experiment) {
  HONE_ASSIGN_OR_RETURN(const std::vector<FailureKind> failures, ReadFailures(store, experiment));
  return "none of its " + std::to_string(experiment.status.counts.created) +
         " trials has reported a number" + (experiment.status.IsCompleted() ? "" : " yet") +
         (failures.empty() ? "" : "; " + FailureText(experiment, failures));
}

Result<int> Best(const BestOptions& options, const Session& session) {
  HONE_ASSIGN_OR_RETURN(const auto store, OpenStore(session));
  HONE_ASSIGN_OR_RETURN(const Experiment experiment, FindOrNewest(session, *store, options.name));
  HONE_ASSIGN_OR_RETURN(std::optional<Trial> best, GetBestTrial(*store, experiment));
  if (!best || !experiment.spec.objective) {
    HONE_ASSIGN_OR_RETURN(const std::string why, WhyNone(*store, experiment));
    return Fail(Code::kNotFound,
                "experiment " + experiment.key.name + " has no best trial: " + why);
  }
  const Format format = FormatOf(options.output);
  if (options.output == "shell") {
    HONE_RETURN_IF_ERROR(PrintShell(session, *best));
  } else if (format == Format::kName) {
    session.output.Write("trial/" + best->name() + "\n");
  } else if (format != Format::kTable) {
    PrintTree(session, BestTree(session, experiment, *best), format);
  } else {
    Summary summary;
    summary.experiment = experiment;
    summary.files = FilesOf(session, *best);
    summary.best = std::move(best);
    summary.program = ProgramWords(session);
    session.output.Write(RenderBest(summary, session.output.out_painter()));
  }
  return kExitOk;
}

constexpr const char* kNotes =
    R"(A metric with several values shows one of them and says which: the objective its max or min, by
its direction; others the latest, unless spec.objective.metricStrategies names another. `hone
export` prints the same values. Tables shorten numbers to six digits; the other formats print all.

-o shell prints NAME=VALUE lines for sh, bash, dash, ksh and zsh. What cannot stand in the name of
a variable becomes "_" (batch-size: batch_size). Names that shells or programs give a meaning (those
in capitals, as PATH; path and prompt of zsh; http_proxy) get "hone_" before them. If two parameters
would get one name, nothing is printed and the exit code is 1.)";

}  // namespace

Command MakeBestCommand() {
  auto options = std::make_shared<BestOptions>();
  Command command;
  command.name = "best";
  command.summary = "Show the best trial of an experiment (the newest one if none is named)";
  command.examples = {
      {"its value, parameters and files", "hone best train-7k2q"},
      {"use the parameters in a script",
       "vars=$(hone best train-7k2q -o shell) && eval \"$vars\" && python3 train.py --lr "
       "\"$lr\""}};
  command.notes = kNotes;
  command.positionals = {{"[EXPERIMENT]", &options->name, {}, Completes::kExperiment}};
  command.flags = {OutputFlag(&options->output, {"table", "json", "yaml", "name", "shell"})};
  command.run = [options](Session& session) {
    return Best(*options, session);
  };
  return command;
}

}  // namespace hone::controller
