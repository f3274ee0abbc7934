#include "controller/cli/experiment_run.h"

#include <utility>

#include "controller/cli/failures.h"
#include "controller/cli/progress.h"
#include "controller/cli/query.h"
#include "controller/cli/summary.h"
#include "controller/cli/trial_follower.h"
#include "proto/convert/manifest.h"

namespace hone::controller {
namespace {

constexpr std::size_t kWarningsMax = 1000;

std::unique_ptr<ProgressView> MakeView(const Output& output) {
  if (output.is_quiet()) {
    return MakeQuietView();
  }
  return output.can_redraw() ? MakeLiveView(output.error_painter()) : MakePlainView();
}

std::string CountTrials(std::int64_t count) {
  return std::to_string(count) + " running trial" + (count == 1 ? "" : "s");
}

// What signals ask for: first to finish what runs, then to stop it at once. A host that was joined
// stops it, and goes on doing so by itself.
class Interruption {
 public:
  Interruption(Progress& progress, const ExperimentKey& key) : progress_(progress), key_(key) {}

  Status Take(Host::Signal signal, Host& host) {
    HONE_ASSIGN_OR_RETURN(const Experiment experiment, host.store().GetExperiment(key_));
    const std::string running = CountTrials(experiment.status.counts.running);
    is_repeated_ = is_interrupted_;
    is_interrupted_ = true;
    if (is_repeated_) {
      progress_.SetNotice("stopping " + running + " now");
      return host.SetMode(key_, RunMode::kStopNow);
    }
    if (signal == Host::Signal::kInterrupt && !host.joined()) {
      progress_.SetNotice("finishing " + running + "; press Ctrl-C again to stop them");
      return host.SetMode(key_, RunMode::kDrain);
    }
    progress_.SetNotice("stopping " + running);
    return host.SetMode(key_, RunMode::kStop);
  }

  [[nodiscard]] bool is_interrupted() const { return is_interrupted_; }
  [[nodiscard]] bool is_repeated() const { return is_repeated_; }

 private:
  Progress& progress_;
  const ExperimentKey& key_;
  bool is_interrupted_ = false;
  bool is_repeated_ = false;
};

// One experiment that is controlled for this command, and shown by it.
class Control {
 public:
  Control(const Session& session, RunHost& run, const Experiment& experiment, std::uint64_t cursor)
      : session_(session),
        run_(run),
        key_(experiment.key),
        metric_(experiment.spec.objective.value_or(Objective()).metric_name),
        progress_(experiment, clock_, MakeView(session.output), session.output),
        follower_(std::make_unique<TrialFollower>(run.host->store(), key_, cursor, progress_)),
        interruption_(progress_, key_) {}

  /// Until the experiment rests, or the person wants to wait no longer.
  Result<ControlEnd> Run() {
    while (true) {
      Host::News news = run_.host->Wait(NextLook());
      ShowWarnings();
      for (const Host::Signal signal : news.signals) {
        HONE_RETURN_IF_ERROR(interruption_.Take(signal, *run_.host));
      }
      if (news.is_lost) {
        HONE_RETURN_IF_ERROR(GoOnWithAnotherHost());
        continue;
      }
      HONE_RETURN_IF_ERROR(Show(news.end.has_value()));
      if (news.end) {
        return *std::move(news.end);
      }
      if (run_.host->joined() && interruption_.is_repeated()) {
        return ControlEnd();
      }
    }
  }

  void Close() { progress_.Close(); }
  [[nodiscard]] bool is_interrupted() const { return interruption_.is_interrupted(); }

 private:
  [[nodiscard]] std::optional<Time> NextLook() const {
    const std::optional<Duration> interval = progress_.interval();
    return interval ? std::optional(clock_.Now() + *interval) : std::nullopt;
  }

  Status Show(bool is_last) {
    if (!session_.output.is_quiet() || is_last) {
      HONE_RETURN_IF_ERROR(follower_->Read());
      HONE_RETURN_IF_ERROR(follower_->ReadObjectives(metric_));
    }
    progress_.Refresh();
    return {};
  }

  void ShowWarnings() {
    for (const std::string& warning : *run_.warnings) {
      progress_.OnWarning(warning);
    }
    run_.warnings->clear();
  }

  /// The process that was joined has ended, and what it has stored stays.
  Status GoOnWithAnotherHost() {
    const std::uint64_t cursor = follower_->cursor();
    follower_.reset();
    run_.host.reset();
    HONE_ASSIGN_OR_RETURN(run_, OpenHost(session_));
    follower_ = std::make_unique<TrialFollower>(run_.host->store(), key_, cursor, progress_);
    const Result<std::size_t> controlled = run_.host->Control({.key = key_});
    return controlled ? Status() : tl::unexpected<Error>(controlled.error());
  }

  const Session& session_;
  RunHost& run_;
  const ExperimentKey key_;
  const std::string metric_;
  const SystemClock clock_;
  Progress progress_;
  std::unique_ptr<TrialFollower> follower_;
  Interruption interruption_;
};

/// Other commands may have joined this process. Their running trials end first; then their own
/// processes go on.
void FinishOthers(const Session& session, Host& host) {
  if (const std::size_t running = host.FinishOthers(RunMode::kDrain); running > 0) {
    session.output.Note("finishing " + CountTrials(static_cast<std::int64_t>(running)) +
                        " of other experiments, which then go on without this process; press "
                        "Ctrl-C to stop them");
  }
  for (bool is_stopping = false;;) {
    const Host::News news = host.Wait(std::nullopt);
    if (news.end || (is_stopping && !news.signals.empty())) {
      return;  // a second signal: what still runs is killed with this process
    }
    if (!news.signals.empty()) {
      is_stopping = true;
      [[maybe_unused]] const std::size_t running = host.FinishOthers(RunMode::kStopNow);
    }
  }
}

Status PrintResult(const Session& session,
                   db::Store& store,
                   const Experiment& experiment,
                   const SlotTimes& slots,
                   Format format) {
  if (format == Format::kName) {
    session.output.Write("experiment/" + experiment.key.name + "\n");
    return {};
  }
  if (format == Format::kJson || format == Format::kYaml) {
    HONE_ASSIGN_OR_RETURN(const std::vector<Trial> trials,
                          store.ListTrials({.experiment = experiment.key, .states = {}}));
    PrintTree(session, proto::WriteExperiment(experiment, trials), format);
    return {};
  }
  HONE_ASSIGN_OR_RETURN(std::optional<Trial> best, GetBestTrial(store, experiment));
  Summary summary;
  summary.experiment = experiment;
  summary.slots = slots;
  summary.program = ProgramWords(session);
  HONE_ASSIGN_OR_RETURN(summary.failures, ReadFailures(store, experiment));
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

Result<RunHost> OpenHost(const Session& session) {
  RunHost run;
  run.warnings = std::make_shared<std::vector<std::string>>();
  HostOptions options;
  options.paths = session.paths;
  options.command = session.command_line;
  options.services = session.services;
  options.follows_store = !session.output.is_quiet();
  options.warn = [warnings = run.warnings](const std::string& message) {
    if (warnings->size() < kWarningsMax) {
      warnings->push_back(message);
    }
  };
  HONE_ASSIGN_OR_RETURN(run.host, session.factory.open_host(options));
  if (const std::size_t orphans = run.host->orphans_ended(); orphans > 0) {
    session.output.Note("ended " + std::to_string(orphans) +
                        " processes that an earlier run had left behind");
  }
  if (const std::optional<std::string> joined = run.host->joined()) {
    session.output.Note("the store is in use by " + *joined + ", which runs the trials");
  }
  return run;
}

Result<int> ControlExperiment(const Session& session,
                              RunHost& run,
                              const ControlRequest& request,
                              Format format) {
  HONE_ASSIGN_OR_RETURN(const Experiment before, run.host->store().GetExperiment(request.key));
  HONE_ASSIGN_OR_RETURN(const std::uint64_t cursor, run.host->store().NewestChange());
  HONE_ASSIGN_OR_RETURN(const std::size_t retried, run.host->Control(request));
  if (request.retries_failed) {
    session.output.Note(std::to_string(retried) + " failed trials run again");
  }
  Control control(session, run, before, cursor);
  Result<ControlEnd> end = control.Run();
  control.Close();
  if (!end || end->error) {
    const Error& error = end ? *end->error : end.error();
    return Fail(error.code,
                error.message + "; what was stored so far is kept, go on with `" +
                    ProgramWords(session) + " resume " + request.key.name + "`");
  }
  Host& host = *run.host;
  HONE_ASSIGN_OR_RETURN(const Experiment experiment, host.store().GetExperiment(request.key));
  HONE_RETURN_IF_ERROR(host.store().Sync());
  HONE_RETURN_IF_ERROR(PrintResult(session, host.store(), experiment, end->slots, format));
  HONE_RETURN_IF_ERROR(session.output.Flush());
  FinishOthers(session, host);
  return ExitCodeOf(session, experiment, control.is_interrupted());
}

}  // namespace hone::controller
