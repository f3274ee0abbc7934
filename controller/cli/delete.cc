#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "controller/cli/query.h"

namespace hone::controller {
namespace {

struct DeleteOptions {
  std::vector<std::string> names;
};

Status CheckIsAtRest(const Experiment& experiment, const Session& session) {
  const std::string& name = experiment.key.name;
  if (!experiment.IsStudy() && IsControlled(session, experiment)) {
    return Fail(Code::kFailedPrecondition,
                "experiment " + name + " is being run by " +
                    session.factory.holder(session.paths).value_or("another hone") +
                    "; stop it first with `" + ProgramWords(session) + " stop " + name + "`");
  }
  return {};
}

Status DeleteOne(const Experiment& experiment, db::Store& store, const Session& session) {
  const std::string& name = experiment.key.name;
  HONE_RETURN_IF_ERROR(session.factory.begin_deletion(session.paths, experiment));
  HONE_RETURN_IF_ERROR(store.DeleteExperiment(experiment.key));
  if (const Status files = session.factory.finish_deletions(session.paths, store); !files) {
    session.output.Warn(files.error().message);
  }
  session.output.Note("deleted experiment " + name + " and its " +
                      std::to_string(experiment.status.counts.created) + " trials");
  return {};
}

// Deletes all named experiments or none, as far as errors can be found in advance.
Result<int> Delete(const DeleteOptions& options, const Session& session) {
  HONE_ASSIGN_OR_RETURN(const auto store, OpenStore(session, true));
  std::vector<Experiment> experiments;
  for (const std::string& name : options.names) {
    HONE_ASSIGN_OR_RETURN(Experiment experiment, FindExperiment(session, *store, name));
    HONE_RETURN_IF_ERROR(CheckIsAtRest(experiment, session));
    const bool is_repeated =
        std::any_of(experiments.begin(), experiments.end(), [&](const Experiment& other) {
          return other.key == experiment.key;
        });
    if (!is_repeated) {
      experiments.push_back(std::move(experiment));
    }
  }
  for (const Experiment& experiment : experiments) {
    HONE_RETURN_IF_ERROR(DeleteOne(experiment, *store, session));
  }
  return kExitOk;
}

}  // namespace

Command MakeDeleteCommand() {
  auto options = std::make_shared<DeleteOptions>();
  Command command;
  command.name = "delete";
  command.summary = "Delete experiments, their trials, metrics, logs and files";
  command.examples = {{"delete all that is known of it", "hone delete train-7k2q"},
                      {"delete several", "hone delete train-7k2q train-x9d4"}};
  command.positionals = {{"NAME...", &options->names, {}, Completes::kExperiment}};
  command.run = [options](Session& session) {
    return Delete(*options, session);
  };
  return command;
}

}  // namespace hone::controller
