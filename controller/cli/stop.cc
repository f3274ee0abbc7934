#include <memory>
#include <thread>

#include "controller/cli/query.h"

namespace hone::controller {
namespace {

struct StopOptions {
  std::optional<std::string> name;
};

/// How long to wait: a running hone sees the change within a second, and trials have a grace period
/// of half a minute by default.
constexpr auto kWaitInterval = std::chrono::milliseconds(100);
constexpr int kWaitsMax = 450;

bool IsAtRest(const Experiment& experiment) {
  return experiment.status.IsCompleted() ||
         (experiment.status.Is(ConditionType::kSuspended) && experiment.status.counts.running == 0);
}

Result<int> Stop(const StopOptions& options, const Session& session) {
  HONE_ASSIGN_OR_RETURN(const auto store, OpenStore(session, true));
  HONE_ASSIGN_OR_RETURN(Experiment experiment, FindOrNewest(session, *store, options.name));
  if (experiment.status.IsCompleted()) {
    session.output.Note("experiment " + experiment.key.name + " has ended already");
    return kExitOk;
  }
  HONE_ASSIGN_OR_RETURN(experiment, UpdateSpec(*store, experiment.key, [](Experiment& changed) {
                          changed.spec.suspend = true;
                        }));
  // If a hone runs the experiment, that process sees the change, and this command waits for it; if
  // none does, storing the change is enough. A study is not waited for: its clients finish their
  // trials.
  int waits = 0;
  while (!experiment.IsStudy() && IsControlled(session, experiment) && !IsAtRest(experiment) &&
         waits++ < kWaitsMax) {
    std::this_thread::sleep_for(kWaitInterval);
    HONE_ASSIGN_OR_RETURN(experiment, store->GetExperiment(experiment.key));
  }
  if (waits > kWaitsMax) {
    session.output.Note("experiment " + experiment.key.name + " is still stopping its trials");
    return kExitOk;
  }
  session.output.Note("experiment " + experiment.key.name + " is stopped; go on with `" +
                      ProgramWords(session) + " resume " + experiment.key.name + "`");
  return kExitOk;
}

}  // namespace

Command MakeStopCommand() {
  auto options = std::make_shared<StopOptions>();
  Command command;
  command.name = "stop";
  command.summary =
      "Stop an experiment (the newest one if none is named), also one of another hone";
  command.examples = {{"stop it; nothing is lost", "hone stop train-7k2q"}};
  command.positionals = {{"[EXPERIMENT]", &options->name, {}, Completes::kExperiment}};
  command.run = [options](Session& session) {
    return Stop(*options, session);
  };
  return command;
}

}  // namespace hone::controller
