#include <limits>
#include <memory>

#include "algorithms/catalogue.h"
#include "controller/admission/admission.h"
#include "controller/cli/experiment_run.h"
#include "controller/cli/query.h"

namespace hone::controller {
namespace {

struct ResumeOptions {
  std::optional<std::string> name;
  std::optional<std::int64_t> trials;
  std::optional<std::int64_t> parallel;
  std::optional<std::int64_t> max_failed;
  std::optional<std::string> gpus;
  std::optional<std::string> output;
};

void SetCount(const std::optional<std::int64_t>& given, std::optional<std::int32_t>& count) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
  if (given) {
    count = static_cast<std::int32_t>(std::clamp<std::int64_t>(*given, -1, kMax));
  }
}

// What the flags make of the experiment.
void Change(const ResumeOptions& options, Experiment& experiment) {
  experiment.spec.suspend = false;
  SetCount(options.trials, experiment.spec.max_trial_count);
  SetCount(options.parallel, experiment.spec.parallel_trial_count);
  SetCount(options.max_failed, experiment.spec.max_failed_trial_count);
  if (options.gpus) {
    experiment.annotations[kGpusAnnotation] = *options.gpus;
  }
}

Result<Experiment> ReadExperiment(const ResumeOptions& options, const Session& session) {
  HONE_ASSIGN_OR_RETURN(const auto store, OpenStore(session));
  return FindExperiment(session, *store, *options.name);
}

/// An experiment must not fail because hone.yaml has been forgotten.
Status CheckIsKnown(const Experiment& experiment, const AlgorithmServices& services) {
  const std::string name = experiment.spec.algorithm ? experiment.spec.algorithm->name : "";
  if (algorithms::Find(name) != nullptr || FindService(services, name) != nullptr) {
    return {};
  }
  return Fail(Code::kFailedPrecondition,
              "experiment " + experiment.key.name + ": its algorithm \"" + name +
                  "\" is not one of Hone's, and no service is registered for it: say where with "
                  "--config FILE");
}

/// A study's trials are run by its clients, so there is nothing to run here.
Result<int> ResumeStudy(const ResumeOptions& options,
                        const Session& session,
                        const ExperimentKey& key) {
  HONE_ASSIGN_OR_RETURN(const auto store, OpenStore(session, true));
  HONE_RETURN_IF_ERROR(
      UpdateSpec(*store, key, [&](Experiment& experiment) { Change(options, experiment); }));
  session.output.Note("study " + key.name + " goes on when its clients ask `" +
                      ProgramWords(session) + " serve` for trials");
  return kExitOk;
}

Result<int> Resume(const ResumeOptions& options, const Session& session) {
  HONE_ASSIGN_OR_RETURN(const Experiment before, ReadExperiment(options, session));
  Experiment after = before;
  Change(options, after);
  if (before.status.IsCompleted() && after.spec == before.spec) {
    session.output.Note("experiment " + before.key.name + " has ended already (" +
                        std::to_string(before.status.counts.Completed()) +
                        " trials); --trials N makes room for more");
    return kExitOk;
  }
  if (after.spec != before.spec) {
    const FieldErrors errors = ValidateUpdate(before, after);
    for (const FieldError& error : errors) {
      session.output.Fail(error.ToString());
    }
    if (HasErrors(errors)) {
      return kExitFailure;
    }
  }
  if (before.IsStudy()) {
    return ResumeStudy(options, session, before.key);
  }
  HONE_RETURN_IF_ERROR(CheckIsKnown(after, session.services));
  HONE_ASSIGN_OR_RETURN(RunWorld run, OpenWorld(session, after));
  HONE_RETURN_IF_ERROR(UpdateSpec(run.world->store(), before.key, [&](Experiment& experiment) {
    Change(options, experiment);
  }));
  return ControlExperiment(session, run, before.key, FormatOf(options.output));
}

}  // namespace

Command MakeResumeCommand() {
  auto options = std::make_shared<ResumeOptions>();
  Command command;
  command.name = "resume";
  command.summary =
      "Go on with an experiment that was interrupted or stopped, or give it more trials";
  command.examples = {{"go on after Ctrl-C, a crash or `hone stop`", "hone resume train-7k2q"},
                      {"more trials, more at once", "hone resume train-7k2q --trials 100 -j 4"}};
  command.positionals = {{"NAME", &options->name, {}, Completes::kExperiment}};
  command.flags = {
      {"-n,--trials", "N", "how many trials in all, the old ones included", &options->trials},
      {"-j,--parallel", "N", "how many at once", &options->parallel},
      {"--max-failed", "N", "give up after so many failed trials", &options->max_failed},
      {"--gpus", "IDS", "GPUs to hand out, e.g. 0,1", &options->gpus},
      OutputFlag(&options->output, {"table", "json", "yaml", "name"}),
  };
  command.run = [options](Session& session) {
    return Resume(*options, session);
  };
  return command;
}

}  // namespace hone::controller
