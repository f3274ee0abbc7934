#include "controller/cli/experiment_run.h"

#include <algorithm>
#include <filesystem>

#include "controller/cli/failures.h"
#include "controller/cli/names.h"
#include "controller/cli/progress.h"
#include "controller/cli/query.h"
#include "controller/cli/summary.h"
#include "controller/cli/text.h"
#include "proto/convert/manifest.h"

namespace hone::controller {
namespace {

constexpr std::size_t kWarningsMax = 1000;

std::string AnnotationOf(const Experiment& experiment, const char* name) {
  const auto found = experiment.annotations.find(name);
  return found == experiment.annotations.end() ? "" : found->second;
}

std::unique_ptr<ProgressView> MakeView(const Output& output) {
  if (output.is_quiet()) {
    return MakeQuietView();
  }
  return output.can_redraw() ? MakeLiveView(output.error_painter()) : MakePlainView();
}

std::string CountTrials(std::int64_t count) {
  return std::to_string(count) + " running trial" + (count == 1 ? "" : "s");
}

// What signals ask for: first to finish what runs, then to stop it at once.
class Interruption {
 public:
  Interruption(Controller& controller, Progress& progress, const ExperimentKey& key)
      : controller_(controller), progress_(progress), key_(key) {}

  void Take(World::Signal signal) {
    const std::string running = CountTrials(controller_.Current(key_).status.counts.running);
    if (is_interrupted_) {
      controller_.SetMode(RunMode::kStopNow);
      progress_.SetNotice("stopping " + running + " now");
    } else if (signal == World::Signal::kInterrupt) {
      controller_.SetMode(RunMode::kDrain);
      progress_.SetNotice("finishing " + running + "; press Ctrl-C again to stop them");
    } else {
      controller_.SetMode(RunMode::kStop);
      progress_.SetNotice("stopping " + running);
    }
    is_interrupted_ = true;
  }

  [[nodiscard]] bool is_interrupted() const { return is_interrupted_; }

 private:
  Controller& controller_;
  Progress& progress_;
  const ExperimentKey& key_;
  bool is_interrupted_ = false;
};

// Until the experiment rests; returns whether that was because of a signal.
Result<bool> Loop(RunWorld& run, const ExperimentKey& key, Progress& progress) {
  World& world = *run.world;
  Controller& controller = world.controller();
  Interruption interruption(controller, progress, key);
  while (true) {
    HONE_ASSIGN_OR_RETURN(std::optional<Time> deadline, controller.RunDue());
    for (const std::string& warning : *run.warnings) {
      progress.OnWarning(warning);
    }
    run.warnings->clear();
    HONE_RETURN_IF_ERROR(world.CheckStore());
    progress.Refresh();
    if (controller.IsAtRest(key)) {
      return interruption.is_interrupted();
    }
    if (const std::optional<Duration> interval = progress.interval()) {
      const Time redraw = world.clock().Now() + *interval;
      deadline = deadline ? std::min(*deadline, redraw) : redraw;
    }
    for (const World::Signal signal : world.Wait(deadline)) {
      interruption.Take(signal);
    }
  }
}

Status PrintResult(const Session& session,
                   World& world,
                   const Experiment& experiment,
                   Format format) {
  if (format == Format::kName) {
    session.output.Write("experiment/" + experiment.key.name + "\n");
    return {};
  }
  if (format == Format::kJson || format == Format::kYaml) {
    HONE_ASSIGN_OR_RETURN(const std::vector<Trial> trials,
                          world.store().ListTrials({.experiment = experiment.key, .states = {}}));
    PrintTree(session, proto::WriteExperiment(experiment, trials), format);
    return {};
  }
  HONE_ASSIGN_OR_RETURN(std::optional<Trial> best, GetBestTrial(world.store(), experiment));
  Summary summary;
  summary.experiment = experiment;
  summary.slots = world.controller().slot_times(experiment.key);
  summary.program = ProgramWords(session);
  HONE_ASSIGN_OR_RETURN(summary.failures, ReadFailures(world.store(), experiment));
  if (!summary.failures.empty()) {
    summary.failure_log =
        LogOf(session, experiment.key, summary.failures.front().first_trial).value_or("");
  }
  if (best) {
    summary.files = FilesOf(session, *best);
    summary.best = std::move(best);
  }
  session.output.Write(RenderSummary(summary, session.output.out_painter()));
  return {};
}

int ExitCodeOf(const Session& session, const Experiment& experiment, bool is_interrupted) {
  const ExperimentStatus& status = experiment.status;
  if (status.IsCompleted()) {
    const bool has_failed = status.Is(ConditionType::kFailed) || EndedWithoutResult(experiment);
    return has_failed ? kExitExperimentFailed : kExitOk;
  }
  session.output.Note(std::string(is_interrupted ? "interrupted" : "stopped by `hone stop`") +
                      "; go on with `" + ProgramWords(session) + " resume " + experiment.key.name +
                      "`");
  return kExitInterrupted;
}

}  // namespace

std::vector<std::string> SplitGpus(const std::string& text) {
  std::vector<std::string> gpus = SplitList(text);
  std::erase(gpus, "");
  return gpus;
}

bool IsFolderShared(const Experiment& experiment) {
  return AnnotationOf(experiment, kSharedFolderAnnotation) == "true";
}

Result<RunWorld> OpenWorld(const Session& session, const Experiment& experiment) {
  RunWorld run;
  run.warnings = std::make_shared<std::vector<std::string>>();
  WorldOptions options;
  options.paths = session.paths;
  options.command = session.command_line + " " + ControlTag(experiment.key);
  options.working_directory = AnnotationOf(experiment, kWorkingDirectoryAnnotation);
  options.is_folder_shared = IsFolderShared(experiment);
  options.gpus = SplitGpus(AnnotationOf(experiment, kGpusAnnotation));
  options.services = session.services;
  options.warn = [warnings = run.warnings](const std::string& message) {
    if (warnings->size() < kWarningsMax) {
      warnings->push_back(message);
    }
  };
  HONE_ASSIGN_OR_RETURN(run.world, session.factory.open_world(options));
  if (const std::size_t orphans = run.world->orphans_ended(); orphans > 0) {
    session.output.Note("ended " + std::to_string(orphans) +
                        " processes that an earlier run had left behind");
  }
  return run;
}

Result<int> ControlExperiment(const Session& session,
                              RunWorld& run,
                              const ExperimentKey& key,
                              Format format) {
  World& world = *run.world;
  HONE_RETURN_IF_ERROR(world.controller().Watch(key));
  Progress progress(world.controller(),
                    world.controller().Current(key),
                    world.clock(),
                    MakeView(session.output),
                    session.output);
  world.controller().SetListener(&progress);
  const Result<bool> is_interrupted = Loop(run, key, progress);
  world.controller().SetListener(nullptr);
  progress.Close();
  if (!is_interrupted) {
    const Error& error = is_interrupted.error();
    return Fail(error.code,
                error.message + "; what was stored so far is kept, go on with `" +
                    ProgramWords(session) + " resume " + key.name + "`");
  }
  const Experiment experiment = world.controller().Current(key);
  HONE_RETURN_IF_ERROR(world.store().Sync());
  HONE_RETURN_IF_ERROR(PrintResult(session, world, experiment, format));
  return ExitCodeOf(session, experiment, *is_interrupted);
}

}  // namespace hone::controller
