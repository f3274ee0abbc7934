#include <algorithm>
#include <memory>
#include <utility>

#include "controller/cli/algorithm_tree.h"
#include "controller/cli/description.h"
#include "controller/cli/failures.h"
#include "controller/cli/query.h"
#include "controller/cli/summary.h"
#include "proto/convert/manifest.h"
#include "proto/model/field_error.h"

namespace hone::controller {
namespace {

struct DescribeOptions {
  std::vector<std::string> words;
  std::optional<std::string> output;
};

Status DescribeAlgorithm(const Session& session, const std::string& name, Format format) {
  const std::vector<Catalogued> all = AllCatalogued();
  const auto found = std::find_if(
      all.begin(), all.end(), [&](const Catalogued& entry) { return entry.name == name; });
  if (found == all.end()) {
    std::vector<std::string> names;
    for (const Catalogued& known : all) {
      names.emplace_back(known.name);
    }
    return Fail(Code::kNotFound,
                "there is no algorithm \"" + name + "\"" +
                    SpellingHint(name, names, "; see `hone get algorithms`"));
  }
  if (format == Format::kTable) {
    session.output.Write(DescribeAlgorithm(*found, session.output.out_painter()));
  } else {
    PrintTree(session, AlgorithmTree(*found), format);
  }
  return {};
}

Status DescribeExperiment(const Session& session,
                          db::Store& store,
                          const Experiment& experiment,
                          Format format) {
  if (format == Format::kTable) {
    HONE_ASSIGN_OR_RETURN(const std::optional<Trial> best, GetBestTrial(store, experiment));
    HONE_ASSIGN_OR_RETURN(const std::vector<FailureKind> failures, ReadFailures(store, experiment));
    session.output.Write(
        DescribeExperiment(experiment,
                           best,
                           FailureText(experiment, failures),
                           StatusWord(experiment, IsControlled(session, experiment)),
                           session.output.out_painter()));
    return {};
  }
  HONE_ASSIGN_OR_RETURN(const std::vector<Trial> trials,
                        store.ListTrials({.experiment = experiment.key, .states = {}}));
  PrintTree(session, proto::WriteExperiment(experiment, trials), format);
  return {};
}

Status DescribeTrial(const Session& session, db::Store& store, FoundTrial found, Format format) {
  HONE_RETURN_IF_ERROR(FillMetrics(store, found.experiment, found.trial));
  if (format == Format::kTable) {
    const TrialFiles files =
        session.factory.trial_files(session.paths, found.experiment.key, found.trial.name());
    session.output.Write(DescribeTrial(
        found.experiment, found.trial, files.log.string(), session.output.out_painter()));
  } else {
    PrintTree(session, proto::WriteTrial(found.experiment, found.trial), format);
  }
  return {};
}

Result<int> Describe(const DescribeOptions& options, const Session& session) {
  const Format format = FormatOf(options.output);
  if (options.words.empty()) {
    HONE_ASSIGN_OR_RETURN(const auto store, OpenStore(session));
    HONE_ASSIGN_OR_RETURN(const Experiment newest, FindOrNewest(session, *store, std::nullopt));
    HONE_RETURN_IF_ERROR(DescribeExperiment(session, *store, newest, format));
    return kExitOk;
  }
  const std::string& name = options.words.back();
  const std::string kind = options.words.size() > 1 ? options.words.front() : "";
  if (options.words.size() > 2 ||
      (!kind.empty() && kind != "experiment" && kind != "trial" && kind != "algorithm")) {
    return Fail(Code::kInvalidArgument,
                "describe what? Write NAME, experiment NAME, trial NAME or algorithm NAME");
  }
  if (kind == "algorithm") {
    HONE_RETURN_IF_ERROR(DescribeAlgorithm(session, name, format));
    return kExitOk;
  }
  HONE_ASSIGN_OR_RETURN(const auto store, OpenStore(session));
  Result<Experiment> experiment = FindExperiment(session, *store, name);
  if (experiment && kind != "trial") {
    HONE_RETURN_IF_ERROR(DescribeExperiment(session, *store, *experiment, format));
    return kExitOk;
  }
  Result<FoundTrial> trial = FindTrial(session, *store, name);
  if (!trial || kind == "experiment") {
    return tl::unexpected<Error>(kind == "trial" ? trial.error() : experiment.error());
  }
  HONE_RETURN_IF_ERROR(DescribeTrial(session, *store, *trial, format));
  return kExitOk;
}

}  // namespace

Command MakeDescribeCommand() {
  auto options = std::make_shared<DescribeOptions>();
  Command command;
  command.name = "describe";
  command.summary = "Show all there is to know of an experiment, a trial or an algorithm";
  command.examples = {{"an experiment, or a trial", "hone describe train-7k2q"},
                      {"the newest experiment", "hone describe"},
                      {"the settings of an algorithm", "hone describe algorithm sobol"},
                      {"everything, for a program", "hone describe train-7k2q -o json"}};
  command.positionals = {{"[NAME...]", &options->words, {}, Completes::kSubject}};
  command.flags = {OutputFlag(&options->output, {"table", "json", "yaml"})};
  command.run = [options](Session& session) {
    return Describe(*options, session);
  };
  return command;
}

}  // namespace hone::controller
