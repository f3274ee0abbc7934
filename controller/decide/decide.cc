#include "controller/decide/decide.h"

#include <algorithm>
#include <limits>

#include "controller/decide/ending.h"
#include "controller/decide/trial_counts.h"
#include "proto/model/experiment.h"

namespace hone::controller {
namespace {

constexpr std::int64_t kNoBound = std::numeric_limits<std::int64_t>::max();

/// One pass of decisions over one view: first the running trials, then the experiment, then the
/// trials to start. Each step sees the counts that the earlier steps left.
class Pass {
 public:
  explicit Pass(const ExperimentView& view) : view_(view), spec_(view.experiment.spec) {
    decision_.status = view.experiment.status;
    decision_.alike_failures = view.alike_failures;
  }

  Decision Run() {
    Begin();
    for (const TrialView& trial : view_.active) {
      if (trial.trial.state == TrialState::kRunning) {
        DecideRunning(trial);
      }
    }
    DecideCompletion();
    DecideSuspension();
    for (const TrialView& trial : view_.active) {
      if (trial.trial.state == TrialState::kCreated) {
        DecideCreated(trial.trial);
      } else if (IsStillRunning(trial)) {
        DecideStop(trial);
      }
    }
    DecideCreation();
    WakeAtMaxDuration();
    return std::move(decision_);
  }

 private:
  ExperimentStatus& status() { return decision_.status; }
  TrialCounts& counts() { return decision_.status.counts; }
  [[nodiscard]] bool MayStart() const {
    return view_.mode == RunMode::kRun && !spec_.suspend && !decision_.status.IsCompleted();
  }
  /// True if running trials are to be stopped so that they can run again later.
  [[nodiscard]] bool IsInterrupting() const {
    return spec_.suspend || view_.mode == RunMode::kStop || view_.mode == RunMode::kStopNow;
  }

  void SetCondition(ConditionType type, bool value, std::string reason, std::string message) {
    const bool changed = status().SetCondition({.type = type,
                                                .status = value,
                                                .reason = std::move(reason),
                                                .message = std::move(message),
                                                .last_update = view_.now,
                                                .last_transition = view_.now});
    decision_.status_changed_state |= changed;
  }

  void WakeAt(Time time) {
    decision_.wake_at = decision_.wake_at ? std::min(*decision_.wake_at, time) : time;
  }

  Trial& Move(Trial trial, TrialState state, std::string reason, std::string message) {
    CountMove(counts(), trial.state, state);
    trial.state = state;
    trial.reason = std::move(reason);
    trial.message = std::move(message);
    if (IsTerminal(state)) {
      trial.completed = view_.now;
    }
    decision_.updated.push_back(std::move(trial));
    return decision_.updated.back();
  }

  /// The conditions that an experiment has before its first trial.
  void Begin() {
    if (status().Find(ConditionType::kCreated) == nullptr) {
      status().start_time = view_.now;
      SetCondition(ConditionType::kCreated, true, "ExperimentCreated", "experiment is created");
    }
    if (IsToGoOn(view_.experiment)) {
      std::erase_if(status().conditions, [](const Condition& condition) {
        return condition.type == ConditionType::kSucceeded ||
               condition.type == ConditionType::kFailed ||
               condition.type == ConditionType::kRestarting;
      });
      status().completion_time = Time();
      SetCondition(
          ConditionType::kRestarting, true, "ExperimentRestarting", "the experiment goes on");
    }
  }

  void DecideRunning(const TrialView& view) {
    if (view.early_stop && view.early_stop->is_under_way && !IsStillRunning(view)) {
      decision_.stop.push_back({view.trial.attempt_id(), std::chrono::milliseconds(0)});
      End(view, TrialState::kEarlyStopped, "TrialEarlyStopped", view.early_stop->message);
      return;
    }
    if (view.workload.phase == WorkloadState::Phase::kAbsent) {
      DecideAbsent(view);
      return;
    }
    if (!view.workload.IsFinished()) {
      return;
    }
    decision_.stop.push_back({view.trial.attempt_id(), std::chrono::milliseconds(0)});
    const std::optional<Duration> deadline = Deadline();
    if (deadline && RunTime(view) >= *deadline) {
      End(view,
          TrialState::kFailed,
          kDeadlineExceeded,
          "ran longer than activeDeadlineSeconds (" +
              std::to_string(view_.limits.active_deadline_seconds) + ")");
    } else if (view.workload.phase == WorkloadState::Phase::kSucceeded) {
      EndOfSuccess(view);
    } else if (decision_.status.IsCompleted()) {
      Kill(view);
    } else if (view.workload.reason == kStopped || (IsInterrupting() && view_.limits.runs_again)) {
      RunAgain(view, "Interrupted", "stopped on request");
    } else {
      Retry(view);
    }
  }

  /// The runner has no such workload: it was stopped while it waited, its process disappeared, or
  /// (with a reason) it could not be started, for a reason that may pass.
  void DecideAbsent(const TrialView& view) {
    if (decision_.status.IsCompleted()) {
      Kill(view);
    } else if (view.workload.IsPutOff()) {
      decision_.stop.push_back({view.trial.attempt_id(), std::chrono::milliseconds(0)});
      StartLater(view);
    } else if (IsInterrupting()) {
      RunAgain(view, "Interrupted", "stopped on request");
    } else {
      RunAgainAfterCutOff(view);
    }
  }

  /// How long the attempts of a trial may run in total.
  [[nodiscard]] std::optional<Duration> Deadline() const {
    if (view_.limits.active_deadline_seconds <= 0) {
      return std::nullopt;
    }
    return std::chrono::seconds(view_.limits.active_deadline_seconds);
  }

  /// How long the attempts of a trial ran in total; its workload is finished or gone.
  static Duration RunTime(const TrialView& view) {
    if (view.workload.started == Time() || !view.workload.IsFinished()) {
      return view.trial.run_time;
    }
    return view.trial.run_time +
           std::max(Duration(0), view.workload.finished - view.workload.started);
  }

  void EndOfSuccess(const TrialView& view) {
    const std::string& metric = spec_.objective->metric_name;
    const auto summary = std::find_if(view.metrics.begin(),
                                      view.metrics.end(),
                                      [&](const MetricSummary& m) { return m.name == metric; });
    if (summary == view.metrics.end() || summary->latest == MetricSummary::kUnavailable) {
      const std::string& hint = view.workload.message;
      End(view,
          TrialState::kMetricsUnavailable,
          "MetricsUnavailable",
          "the trial succeeded without reporting metric \"" + metric + "\"" +
              (hint.empty() ? "" : "; " + hint));
      return;
    }
    End(view, TrialState::kSucceeded, "TrialSucceeded", "");
  }

  void End(const TrialView& view, TrialState state, std::string reason, std::string message) {
    Trial& trial = Move(view.trial, state, std::move(reason), std::move(message));
    trial.metrics = view.metrics;
    trial.run_time = RunTime(view);
    if (view.workload.finished != Time()) {
      trial.completed = view.workload.finished;
    }
    decision_.alike_failures.Add(trial);
    if (state == TrialState::kSucceeded || state == TrialState::kEarlyStopped) {
      ConsiderBest(trial);
    }
  }

  /// A trial replaces the best one only if it is strictly better: of equals, the first to end
  /// stays.
  void ConsiderBest(const Trial& trial) {
    const std::optional<double> value = ObjectiveValue(*spec_.objective, trial.metrics);
    std::optional<OptimalTrial>& best = status().optimal;
    if (value && (!best || IsBetter(spec_.objective->type, *value, best->value))) {
      best = OptimalTrial{trial.ordinal, *value};
    }
  }

  void Kill(const TrialView& view) {
    End(view, TrialState::kKilled, "ExperimentCompleted", "stopped: the experiment has ended");
  }

  /// Makes the trial wait for its next attempt.
  Trial& RunAgain(const TrialView& view, std::string reason, std::string message) {
    Trial& trial = Move(view.trial, TrialState::kCreated, std::move(reason), std::move(message));
    trial.run_time = RunTime(view);
    ++trial.attempt;
    return trial;
  }

  void RunAgainAfterCutOff(const TrialView& view) {
    const std::int32_t interruptions = view.trial.interruptions + 1;
    if (interruptions > kInterruptionsMax) {
      End(view,
          TrialState::kFailed,
          "InterruptedTooOften",
          "was cut off " + std::to_string(interruptions) + " times; it may be the cause");
      decision_.updated.back().interruptions = interruptions;
      return;
    }
    RunAgain(view, "Interrupted", "the attempt was cut off").interruptions = interruptions;
  }

  void StartLater(const TrialView& view) {
    const std::int32_t failures = view.trial.start_failures + 1;
    if (failures > kStartFailuresMax) {
      End(view,
          TrialState::kFailed,
          view.workload.reason,
          view.workload.message + " (tried " + std::to_string(failures) + " times)");
      decision_.updated.back().start_failures = failures;
      return;
    }
    Trial& trial = RunAgain(view, view.workload.reason, view.workload.message);
    trial.start_failures = failures;
    trial.not_before = view_.now + DelayAfter(failures);
  }

  void Retry(const TrialView& view) {
    const std::int32_t failures = view.trial.failures + 1;
    if (failures > view_.limits.backoff_limit) {
      End(view, TrialState::kFailed, view.workload.reason, view.workload.message);
      decision_.updated.back().failures = failures;
      return;
    }
    Trial& trial = RunAgain(view, view.workload.reason, view.workload.message);
    trial.failures = failures;
    trial.not_before = view_.now + DelayAfter(failures);
  }

  static std::chrono::seconds DelayAfter(std::int32_t failures) {
    return std::min(kRetryDelayMin * (1 << std::min(failures - 1, 16)), kRetryDelayMax);
  }

  void DecideCompletion() {
    if (status().IsCompleted()) {
      return;
    }
    const std::optional<Ending> ending = FindEnding(view_, status(), decision_.alike_failures);
    if (!ending) {
      return;
    }
    if (status().Find(ConditionType::kRunning) != nullptr) {
      SetCondition(ConditionType::kRunning, false, ending->reason, ending->message);
    }
    SetCondition(ending->has_succeeded ? ConditionType::kSucceeded : ConditionType::kFailed,
                 true,
                 ending->reason,
                 ending->message);
    // Never earlier than the resume request, even if the clock has been set back since.
    status().completion_time = std::max(view_.now, ResumedAt(view_.experiment));
  }

  void DecideSuspension() {
    if (status().IsCompleted()) {
      return;
    }
    if (spec_.suspend) {
      if (status().Is(ConditionType::kRunning)) {
        SetCondition(ConditionType::kRunning, false, "ExperimentSuspended", "no trial starts");
      }
      SetCondition(
          ConditionType::kSuspended, true, "ExperimentSuspended", "the experiment is suspended");
    } else if (status().Is(ConditionType::kSuspended)) {
      SetCondition(
          ConditionType::kSuspended, false, "ExperimentResumed", "the experiment is resumed");
    }
  }

  [[nodiscard]] static bool IsStillRunning(const TrialView& view) {
    return view.workload.phase == WorkloadState::Phase::kRunning ||
           view.workload.phase == WorkloadState::Phase::kWaiting;
  }

  /// When a trial with a running workload reaches its deadline.
  [[nodiscard]] std::optional<Time> EndOfTime(const TrialView& view) const {
    const std::optional<Duration> deadline = Deadline();
    if (!deadline || view.workload.phase != WorkloadState::Phase::kRunning) {
      return std::nullopt;
    }
    return view.workload.started + (*deadline - view.trial.run_time);
  }

  void DecideStop(const TrialView& view) {
    const AttemptId id = view.trial.attempt_id();
    const std::optional<Time> deadline = EndOfTime(view);
    if (view_.mode == RunMode::kStopNow) {
      decision_.stop.push_back({id, std::chrono::milliseconds(0)});
    } else if (IsInterrupting() || status().IsCompleted() || view.early_stop ||
               (deadline && view_.now >= *deadline)) {
      decision_.stop.push_back({id, view_.limits.grace});
    } else if (deadline) {
      WakeAt(*deadline);
    }
  }

  /// How many trials may run at once. The clients of a study decide for themselves, unless the spec
  /// does.
  [[nodiscard]] std::int64_t Parallel() const {
    if (spec_.parallel_trial_count) {
      return *spec_.parallel_trial_count;
    }
    return view_.asked ? kNoBound : 1;
  }

  void DecideCreated(const Trial& trial) {
    if (status().IsCompleted()) {
      Move(trial, TrialState::kKilled, "ExperimentCompleted", "the experiment has ended");
      return;
    }
    if (!MayStart() || counts().running >= Parallel()) {
      return;
    }
    if (trial.not_before > view_.now) {
      WakeAt(trial.not_before);
      return;
    }
    Trial& started = Move(trial, TrialState::kRunning, "TrialRunning", "");
    if (started.started == Time()) {
      started.started = view_.now;
    }
  }

  void DecideCreation() {
    if (!MayStart()) {
      return;
    }
    std::int64_t missing = std::min(Parallel() - counts().Active(), view_.asked.value_or(kNoBound));
    if (spec_.max_trial_count) {
      missing = std::min(missing, *spec_.max_trial_count - counts().created);
    }
    if (missing > 0 && !view_.space_ended) {
      decision_.create = static_cast<std::size_t>(missing);
    }
    if (counts().created > 0 || decision_.create > 0) {
      SetCondition(ConditionType::kRunning, true, "ExperimentRunning", "experiment is running");
    }
  }

  void WakeAtMaxDuration() {
    const bool is_running = counts().running > 0 || decision_.create > 0;
    if (spec_.max_duration_seconds && is_running && !status().IsCompleted()) {
      WakeAt(view_.now + (std::chrono::seconds(*spec_.max_duration_seconds) - view_.running_time));
    }
  }

  const ExperimentView& view_;
  const ExperimentSpec& spec_;
  Decision decision_;
};

}  // namespace

Decision Decide(const ExperimentView& view) {
  return Pass(view).Run();
}

void RunAgainOnRequest(Trial& trial, TrialCounts& counts) {
  CountMove(counts, trial.state, TrialState::kCreated);
  trial.state = TrialState::kCreated;
  ++trial.attempt;
  trial.failures = trial.interruptions = trial.start_failures = 0;
  trial.run_time = Duration(0);
  trial.not_before = trial.started = trial.completed = Time();
  trial.reason = "RetryRequested";
  trial.message = "is run again on request";
  trial.metrics.clear();
}

}  // namespace hone::controller
