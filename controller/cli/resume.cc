#include <algorithm>
#include <limits>
#include <memory>

#include "algorithms/catalogue.h"
#include "controller/admission/admission.h"
#include "controller/cli/experiment_run.h"
#include "controller/cli/query.h"
#include "controller/cli/text.h"
#include "controller/decide/ending.h"

namespace hone::controller {
namespace {

struct ResumeOptions {
  std::optional<std::string> name;
  std::optional<std::int64_t> trials;
  std::optional<std::int64_t> parallel;
  std::optional<std::int64_t> max_failed;
  std::optional<std::string> time;
  bool retry_failed = false;
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
Status Change(const ResumeOptions& options, Experiment& experiment) {
  experiment.spec.suspend = false;
  SetCount(options.trials, experiment.spec.max_trial_count);
  SetCount(options.parallel, experiment.spec.parallel_trial_count);
  SetCount(options.max_failed, experiment.spec.max_failed_trial_count);
  if (options.time) {
    HONE_ASSIGN_OR_RETURN(const std::int64_t seconds, ReadDuration("--time", *options.time));
    SetCount(seconds, experiment.spec.max_duration_seconds);
  }
  if (options.gpus) {
    experiment.annotations[kGpusAnnotation] = *options.gpus;
  }
  if (experiment.status.IsCompleted()) {
    // Later than its end, also if the clock has been set back since.
    const Time after_end = experiment.status.completion_time + Duration(1);
    experiment.annotations[kResumedAnnotation] =
        FormatTime(std::max(SystemClock().Now(), after_end));
  }
  return {};
}

Result<Experiment> Store(const ResumeOptions& options, db::Store& store, const ExperimentKey& key) {
  return UpdateSpec(store, key, [&](Experiment& experiment) {
    // Its flags have been read before.
    [[maybe_unused]] const Status changed = Change(options, experiment);
  });
}

/// To write, so that a store that an older hone made is brought up to date.
Result<Experiment> ReadExperiment(const ResumeOptions& options, const Session& session) {
  HONE_ASSIGN_OR_RETURN(const auto store, OpenStore(session, true));
  return FindExperiment(session, *store, *options.name);
}

/// Why an experiment that has ended would end again at once as it is wanted now; empty if it would
/// not.
std::string WhyItStaysEnded(const Experiment& wanted, bool retries_failed) {
  const ExperimentSpec& spec = wanted.spec;
  const ExperimentStatus& status = wanted.status;
  const std::int64_t retried = retries_failed ? status.counts.Failures() : 0;
  const std::int64_t failures = status.counts.Failures() - retried;
  const auto ended_by = [&](const char* reason) {
    const Condition* const succeeded = status.Find(ConditionType::kSucceeded);
    return succeeded != nullptr && succeeded->reason == reason;
  };
  if (spec.resume_policy == ResumePolicy::kNever) {
    return "its resumePolicy is Never";
  }
  if (ended_by("ExperimentGoalReached")) {
    return "its goal is reached";
  }
  if (spec.max_failed_trial_count && failures > 0 && failures >= *spec.max_failed_trial_count) {
    return "too many failed: --retry-failed runs them again, --max-failed N allows more";
  }
  if (spec.max_trial_count && status.counts.created - retried >= *spec.max_trial_count) {
    return std::string("--trials N makes room for more") +
           (failures > 0 ? ", --retry-failed runs those again that failed" : "");
  }
  if (spec.max_duration_seconds &&
      status.running_time >= std::chrono::seconds(*spec.max_duration_seconds)) {
    return "its time is used up: --time DURATION gives it more";
  }
  return ended_by("ExperimentSuggestionEndReached") && retried == 0
             ? "every point of its space has been tried"
             : "";
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
  if (options.retry_failed) {
    return Fail(Code::kFailedPrecondition,
                "--retry-failed: " + key.name + " is a study, whose clients run its trials");
  }
  HONE_ASSIGN_OR_RETURN(const auto store, OpenStore(session, true));
  HONE_RETURN_IF_ERROR(Store(options, *store, key));
  session.output.Note("study " + key.name + " goes on when its clients ask `" +
                      ProgramWords(session) + " serve` for trials");
  return kExitOk;
}

/// The exit code with which what is wanted was refused; nothing if it can be done. `after` is what
/// the flags make of the experiment.
std::optional<int> Refusal(const ResumeOptions& options,
                           const Session& session,
                           const Experiment& before,
                           const Experiment& after) {
  const bool wants_more = after.spec != before.spec || options.retry_failed;
  if (!before.status.IsCompleted() && !wants_more) {
    return std::nullopt;
  }
  const FieldErrors errors = ValidateUpdate(before, after);
  for (const FieldError& error : errors) {
    session.output.Fail(error.ToString());
  }
  if (HasErrors(errors)) {
    return kExitFailure;
  }
  if (!before.status.IsCompleted()) {
    return std::nullopt;
  }
  const std::string why = WhyItStaysEnded(after, options.retry_failed);
  if (why.empty()) {
    return std::nullopt;
  }
  const std::string message = "experiment " + before.key.name + " has ended already (" +
                              std::to_string(before.status.counts.Completed()) + " trials); " + why;
  if (wants_more || before.status.Is(ConditionType::kFailed)) {
    session.output.Fail(message);
    return kExitFailure;
  }
  session.output.Note(message);
  return kExitOk;
}

Result<int> Resume(const ResumeOptions& options, const Session& session) {
  HONE_ASSIGN_OR_RETURN(const Experiment before, ReadExperiment(options, session));
  Experiment after = before;
  if (const Status changed = Change(options, after); !changed) {
    session.output.Fail(changed.error().message);
    return kExitUsage;
  }
  if (const std::optional<int> refusal = Refusal(options, session, before, after)) {
    return *refusal;
  }
  if (before.IsStudy()) {
    return ResumeStudy(options, session, before.key);
  }
  HONE_RETURN_IF_ERROR(CheckIsKnown(after, session.services));
  HONE_ASSIGN_OR_RETURN(RunHost run, OpenHost(session));
  HONE_RETURN_IF_ERROR(Store(options, run.host->store(), before.key));
  return ControlExperiment(session,
                           run,
                           {.key = before.key, .retries_failed = options.retry_failed},
                           FormatOf(options.output));
}

}  // namespace

Command MakeResumeCommand() {
  auto options = std::make_shared<ResumeOptions>();
  Command command;
  command.name = "resume";
  command.summary =
      "Go on with an experiment that was interrupted, stopped or failed, or give it more trials";
  command.examples = {{"go on after Ctrl-C, a crash or `hone stop`", "hone resume train-7k2q"},
                      {"more trials, more at once", "hone resume train-7k2q --trials 100 -j 4"},
                      {"run what failed again, after its cause is mended",
                       "hone resume train-7k2q --retry-failed"}};
  command.positionals = {{"NAME", &options->name, {}, Completes::kExperiment}};
  command.flags = {
      {"-n,--trials", "N", "how many trials in all, the old ones included", &options->trials},
      {"-j,--parallel", "N", "how many at once", &options->parallel},
      {"--max-failed", "N", "give up after so many failed trials", &options->max_failed},
      {"--time",
       "DURATION",
       "end when trials have run for so long, the time so far included",
       &options->time},
      {"--retry-failed",
       "",
       "run trials that failed, or ended without their metric, again",
       &options->retry_failed},
      {"--gpus", "IDS", "GPUs to hand out, e.g. 0,1", &options->gpus},
      OutputFlag(&options->output, {"table", "json", "yaml", "name"}),
  };
  command.run = [options](Session& session) {
    return Resume(*options, session);
  };
  return command;
}

}  // namespace hone::controller
