#include <memory>

#include "controller/cli/query.h"

namespace hone::controller {
namespace {

struct DeleteOptions {
  std::optional<std::string> name;
};

Result<int> Delete(const DeleteOptions& options, const Session& session) {
  HONE_ASSIGN_OR_RETURN(const auto store, OpenStore(session, true));
  HONE_ASSIGN_OR_RETURN(const Experiment experiment,
                        FindExperiment(session, *store, *options.name));
  const std::string& name = experiment.key.name;
  if (!experiment.IsStudy() && IsControlled(session, experiment)) {
    return Fail(Code::kFailedPrecondition,
                "experiment " + name + " is being run by " +
                    session.factory.holder(session.paths).value_or("another hone") +
                    "; stop it first with `" + ProgramWords(session) + " stop " + name + "`");
  }
  HONE_RETURN_IF_ERROR(session.factory.begin_deletion(session.paths, experiment));
  HONE_RETURN_IF_ERROR(store->DeleteExperiment(experiment.key));
  if (const Status files = session.factory.finish_deletions(session.paths, *store); !files) {
    session.output.Warn(files.error().message);
  }
  session.output.Note("deleted experiment " + name + " and its " +
                      std::to_string(experiment.status.counts.created) + " trials");
  return kExitOk;
}

}  // namespace

Command MakeDeleteCommand() {
  auto options = std::make_shared<DeleteOptions>();
  Command command;
  command.name = "delete";
  command.summary = "Delete an experiment, its trials, their metrics, logs and files";
  command.examples = {{"delete all that is known of it", "hone delete train-7k2q"}};
  command.positionals = {{"NAME", &options->name, {}, Completes::kExperiment}};
  command.run = [options](Session& session) {
    return Delete(*options, session);
  };
  return command;
}

}  // namespace hone::controller
