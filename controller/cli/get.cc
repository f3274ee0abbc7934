#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "controller/cli/query.h"
#include "controller/cli/table.h"
#include "controller/cli/text.h"
#include "proto/convert/manifest.h"

namespace hone::controller {
namespace {

struct GetOptions {
  std::optional<std::string> name;
  std::optional<std::int64_t> limit;
  std::optional<std::string> output;
};

Table::Sink SinkOf(const Session& session) {
  return [&output = session.output](std::string_view line) {
    return output.Write(line);
  };
}

// A list as Kubernetes writes it: {"apiVersion": "v1", "kind": "List", "items": [...]}.
proto::Json ListOf(proto::Json items) {
  return {{"apiVersion", "v1"}, {"kind", "List"}, {"items", std::move(items)}};
}

// An experiment without the lists of its trials' names, which may be long without bound.
Result<proto::Json> BriefTree(db::Store& store, const Experiment& experiment) {
  HONE_ASSIGN_OR_RETURN(std::optional<Trial> best, GetBestTrial(store, experiment));
  std::vector<Trial> trials;
  if (best) {
    trials.push_back(std::move(*best));
  }
  proto::Json tree = proto::WriteExperiment(experiment, trials);
  if (tree.contains("status")) {
    for (const char* list : {"runningTrialList",
                             "pendingTrialList",
                             "failedTrialList",
                             "succeededTrialList",
                             "killedTrialList",
                             "earlyStoppedTrialList",
                             "metricsUnavailableTrialList"}) {
      tree["status"].erase(list);
    }
  }
  return tree;
}

struct Listing {
  std::vector<Experiment> experiments;
  /// The number of older experiments that the limit leaves out.
  std::size_t left_out = 0;
};

// The newest first.
Result<Listing> ListExperiments(const Session& session,
                                db::Store& store,
                                const GetOptions& options) {
  Listing listing;
  std::vector<Experiment>& experiments = listing.experiments;
  if (options.name) {
    HONE_ASSIGN_OR_RETURN(Experiment one, FindExperiment(session, store, *options.name));
    experiments.push_back(std::move(one));
    return listing;
  }
  // The store lists experiments by name: all are read, and at most one page more than the limit is
  // kept in memory.
  const auto limit = static_cast<std::size_t>(options.limit.value_or(INT64_MAX));
  const auto keep_newest = [&](std::size_t most) {
    std::stable_sort(experiments.begin(), experiments.end(), [](const auto& a, const auto& b) {
      return a.created > b.created;
    });
    if (experiments.size() > most) {
      listing.left_out += experiments.size() - most;
      experiments.resize(most);
    }
  };
  const std::size_t held = limit + kPageExperiments;
  HONE_RETURN_IF_ERROR(
      ForEachExperiment(store, session.ns.value_or(""), "", [&](Experiment& experiment) {
        experiments.push_back(std::move(experiment));
        if (experiments.size() >= held) {
          keep_newest(limit);
        }
        return true;
      }));
  keep_newest(limit);
  return listing;
}

void PrintExperiments(const Session& session, const std::vector<Experiment>& experiments) {
  const bool has_namespaces = std::any_of(
      experiments.begin(), experiments.end(), [](const auto& e) { return e.key.ns != "default"; });
  std::vector<Column> columns = {{"NAME"},
                                 {"STATUS"},
                                 {"TRIALS", true},
                                 {"FAILED", true},
                                 {"BEST", true},
                                 {"METRIC"},
                                 {"ALGORITHM"},
                                 {"AGE", true}};
  if (has_namespaces) {
    columns.insert(columns.begin(), {"NAMESPACE"});
  }
  const Time now = SystemClock().Now();
  const Controlled controlled = session.factory.controlled(session.paths);
  Table table(columns, session.output.out_painter(), SinkOf(session));
  for (const Experiment& experiment : experiments) {
    const ExperimentStatus& status = experiment.status;
    const std::string word = StatusWord(experiment, controlled.Has(experiment));
    std::string trials = std::to_string(status.counts.Completed());
    if (experiment.spec.max_trial_count) {
      trials += "/" + std::to_string(*experiment.spec.max_trial_count);
    }
    std::vector<Cell> row = {
        {experiment.key.name},
        {word, ColorOfStatus(word)},
        {trials},
        {std::to_string(status.counts.Failures())},
        {status.optimal ? FormatShort(status.optimal->value) : ""},
        {experiment.spec.objective ? experiment.spec.objective->metric_name : ""},
        {experiment.spec.algorithm ? experiment.spec.algorithm->name : ""},
        {FormatAge(now - experiment.created)}};
    if (has_namespaces) {
      row.insert(row.begin(), {experiment.key.ns});
    }
    table.Add(std::move(row));
  }
  table.Finish();
}

Status PrintAs(const Session& session,
               const std::vector<Experiment>& experiments,
               const GetOptions& options,
               db::Store* store) {
  const Format format = FormatOf(options.output);
  if (format == Format::kJson || format == Format::kYaml) {
    proto::Json items = proto::Json::array();
    for (const Experiment& experiment : experiments) {
      HONE_ASSIGN_OR_RETURN(proto::Json tree, BriefTree(*store, experiment));
      items.push_back(std::move(tree));
    }
    PrintTree(session, options.name ? items.front() : ListOf(std::move(items)), format);
  } else if (format == Format::kName) {
    for (const Experiment& experiment : experiments) {
      session.output.Write("experiment/" + experiment.key.name + "\n");
    }
  } else if (experiments.empty()) {
    session.output.Note("no experiments in " + session.paths.Name() +
                        "; `hone run --help` shows how to begin");
  } else {
    PrintExperiments(session, experiments);
  }
  return {};
}

Result<int> GetExperiments(const GetOptions& options, const Session& session) {
  if (options.limit && *options.limit < 1) {
    return Fail(Code::kInvalidArgument, "--limit: must be at least 1");
  }
  Listing listing;
  Result<std::unique_ptr<db::Store>> store = OpenStore(session);
  if (store) {
    HONE_ASSIGN_OR_RETURN(listing, ListExperiments(session, **store, options));
  } else if (store.error().code != Code::kNotFound || options.name) {
    return tl::unexpected<Error>(store.error());
  }
  HONE_RETURN_IF_ERROR(
      PrintAs(session, listing.experiments, options, store ? store->get() : nullptr));
  if (listing.left_out > 0) {
    session.output.Note("and " + std::to_string(listing.left_out) +
                        " older; --limit N shows more of them");
  }
  return kExitOk;
}

Command MakeGetExperiments() {
  auto options = std::make_shared<GetOptions>();
  Command command;
  command.name = "experiments";
  command.summary = "List experiments, the newest first";
  command.examples = {{"what there is", "hone get experiments"},
                      {"the last ten", "hone get experiments --limit 10"},
                      {"one as Katib's resource", "hone get experiments train-7k2q -o yaml"}};
  command.positionals = {{"[NAME]", &options->name, {}, Completes::kExperiment}};
  command.flags = {{"--limit", "N", "at most so many", &options->limit},
                   OutputFlag(&options->output, {"table", "json", "yaml", "name"})};
  command.run = [options](Session& session) {
    return GetExperiments(*options, session);
  };
  return command;
}

}  // namespace

Command MakeGetCommand() {
  Command command;
  command.name = "get";
  command.summary = "List experiments, trials or algorithms";
  command.examples = {
      {"all experiments", "hone get experiments"},
      {"the ten best trials", "hone get trials train-7k2q --sort objective --limit 10"}};
  command.children = {MakeGetExperiments(), MakeGetTrialsCommand(), MakeGetAlgorithmsCommand()};
  return command;
}

}  // namespace hone::controller
