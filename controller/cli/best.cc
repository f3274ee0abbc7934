#include <memory>

#include "controller/cli/query.h"
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
  for (const MetricSummary& metric : best.metrics) {
    metrics[metric.name] = MetricText(metric, experiment.spec.objective->StrategyOf(metric.name));
  }
  return {{"experiment", experiment.key.name},
          {"trial", best.name()},
          {"objective", experiment.spec.objective->metric_name},
          {"value", experiment.status.optimal->value},
          {"parameters", std::move(parameters)},
          {"metrics", std::move(metrics)},
          {"files", FilesOf(session, best)}};
}

// 'it'\''s' for a shell.
std::string ShellQuoted(const std::string& text) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,:/+-";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) {
    return text;
  }
  std::string quoted = "'";
  for (const char byte : text) {
    quoted += byte == '\'' ? "'\\''" : std::string(1, byte);
  }
  return quoted + "'";
}

void PrintShell(const Session& session, const Trial& best) {
  for (const Assignment& assignment : best.assignments) {
    session.output.Write(assignment.name + "=" + ShellQuoted(assignment.value) + "\n");
  }
}

Result<int> Best(const BestOptions& options, const Session& session) {
  HONE_ASSIGN_OR_RETURN(const auto store, OpenStore(session));
  HONE_ASSIGN_OR_RETURN(const Experiment experiment, FindOrNewest(session, *store, options.name));
  HONE_ASSIGN_OR_RETURN(std::optional<Trial> best, GetBestTrial(*store, experiment));
  if (!best || !experiment.spec.objective) {
    return Fail(Code::kNotFound,
                "experiment " + experiment.key.name + " has no best trial: none of its " +
                    std::to_string(experiment.status.counts.created) +
                    " trials has reported a number yet");
  }
  const Format format = FormatOf(options.output);
  if (options.output == "shell") {
    PrintShell(session, *best);
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

}  // namespace

Command MakeBestCommand() {
  auto options = std::make_shared<BestOptions>();
  Command command;
  command.name = "best";
  command.summary = "Show the best trial of an experiment (the newest one if none is named)";
  command.examples = {{"its value, parameters and files", "hone best train-7k2q"},
                      {"use the parameters in a script",
                       "eval \"$(hone best train-7k2q -o shell)\" && python3 train.py --lr $lr"}};
  command.positionals = {{"[EXPERIMENT]", &options->name, {}, Completes::kExperiment}};
  command.flags = {OutputFlag(&options->output, {"table", "json", "yaml", "name", "shell"})};
  command.run = [options](Session& session) {
    return Best(*options, session);
  };
  return command;
}

}  // namespace hone::controller
