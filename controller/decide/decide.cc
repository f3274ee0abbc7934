#include "controller/decide/decide.h"

#include <algorithm>
#include <limits>

namespace hone::controller {
namespace {

constexpr std::int64_t kNoBound = std::numeric_limits<std::int64_t>::max();

std::int64_t& CountOf(TrialCounts& counts, TrialState state) {
  switch (state) {
    case TrialState::kCreated:
      return counts.pending;
    case TrialState::kRunning:
      return counts.running;
    case TrialState::kSucceeded:
      return counts.succeeded;
    case TrialState::kFailed:
      return counts.failed;
    case TrialState::kKilled:
      return counts.killed;
    case TrialState::kEarlyStopped:
      return counts.early_stopped;
    case TrialState::kMetricsUnavailable:
      break;
  }
  return counts.metrics_unavailable;
}

/// One pass of decisions over one view: the trials that run or ran, then the experiment, then what
/// is to be started. Each step sees the counts that the steps before it left.
class Pass {
 public:
  explicit Pass(const ExperimentView& view) : view_(view), spec_(view.experiment.spec) {
    decision_.status = view.experiment.status;
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
    return std::move(decision_);
  }

 private:
  ExperimentStatus& status() { return decision_.status; }
  TrialCounts& counts() { return decision_.status.counts; }
  [[nodiscard]] bool MayStart() const {
    return view_.mode == RunMode::kRun && !spec_.suspend && !decision_.status.IsCompleted();
  }
  /// True if what runs is to be stopped so that it can run again later.
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
    --CountOf(counts(), trial.state);
    ++CountOf(counts(), state);
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
    const Condition* const succeeded = status().Find(ConditionType::kSucceeded);
    const bool wants_more = !spec_.max_trial_count || *spec_.max_trial_count > counts().created;
    if (succeeded != nullptr && succeeded->status &&
        succeeded->reason == "ExperimentMaxTrialsReached" && spec_.max_trial_count && wants_more) {
      std::erase_if(status().conditions,
                    [](const Condition& c) { return c.type == ConditionType::kSucceeded; });
      status().completion_time = Time();
      SetCondition(ConditionType::kRestarting,
                   true,
                   "ExperimentRestarting",
                   "experiment is restarting: more trials are wanted");
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
    const std::optional<Time> deadline = Deadline(view.trial);
    if (deadline && view.workload.finished >= *deadline) {
      End(view, TrialState::kFailed, "DeadlineExceeded", "ran longer than activeDeadlineSeconds");
    } else if (view.workload.phase == WorkloadState::Phase::kSucceeded) {
      EndOfSuccess(view);
    } else if (decision_.status.IsCompleted()) {
      End(view, TrialState::kKilled, "ExperimentCompleted", "stopped: the experiment has ended");
    } else if (IsInterrupting() && view_.limits.runs_again) {
      Interrupt(view.trial, "Interrupted", "stopped on request");
    } else {
      Retry(view);
    }
  }

  /// Its process is gone without a trace, or (with a reason) could not be started for now.
  void DecideAbsent(const TrialView& view) {
    if (view.workload.reason.empty()) {
      Interrupt(view.trial, "Interrupted", "the attempt was cut off");
      return;
    }
    Interrupt(view.trial, view.workload.reason, view.workload.message);
    decision_.updated.back().not_before = view_.now + kRetryDelayMin;
  }

  [[nodiscard]] std::optional<Time> Deadline(const Trial& trial) const {
    if (view_.limits.active_deadline_seconds <= 0) {
      return std::nullopt;
    }
    return trial.started + std::chrono::seconds(view_.limits.active_deadline_seconds);
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
    if (view.workload.finished != Time()) {
      trial.completed = view.workload.finished;
    }
    if (state == TrialState::kSucceeded || state == TrialState::kEarlyStopped) {
      ConsiderBest(trial);
    }
  }

  /// Strictly better wins; of equals the first to end stays.
  void ConsiderBest(const Trial& trial) {
    const std::optional<double> value = ObjectiveValue(*spec_.objective, trial.metrics);
    std::optional<OptimalTrial>& best = status().optimal;
    if (value && (!best || IsBetter(spec_.objective->type, *value, best->value))) {
      best = OptimalTrial{trial.ordinal, *value};
    }
  }

  /// The attempt ended without saying anything about the trial: it will run again.
  void Interrupt(const Trial& trial, std::string reason, std::string message) {
    if (decision_.status.IsCompleted()) {
      Move(trial, TrialState::kKilled, "ExperimentCompleted", "stopped: the experiment has ended");
    } else if (trial.attempt - trial.failures > kInterruptionsMax) {
      Move(trial,
           TrialState::kFailed,
           "InterruptedTooOften",
           "was cut off " + std::to_string(kInterruptionsMax) + " times; it may be the cause");
    } else {
      ++Move(trial, TrialState::kCreated, std::move(reason), std::move(message)).attempt;
    }
  }

  void Retry(const TrialView& view) {
    if (view.trial.failures >= view_.limits.backoff_limit) {
      End(view, TrialState::kFailed, view.workload.reason, view.workload.message);
      ++decision_.updated.back().failures;
      return;
    }
    Trial& trial =
        Move(view.trial, TrialState::kCreated, view.workload.reason, view.workload.message);
    const std::int32_t doublings = std::min(trial.failures, 16);
    trial.not_before = view_.now + std::min(kRetryDelayMin * (1 << doublings), kRetryDelayMax);
    ++trial.failures;
    ++trial.attempt;
  }

  /// Katib's order: goal, failures, budget; then the end of the space.
  void DecideCompletion() {
    if (status().IsCompleted()) {
      return;
    }
    const Objective& objective = *spec_.objective;
    const std::int64_t failures = counts().Failures();
    if (objective.goal && status().optimal && Reaches(status().optimal->value, objective)) {
      Complete(true, "ExperimentGoalReached", "the objective has reached its goal");
    } else if (spec_.max_failed_trial_count && failures > 0 &&
               failures >= *spec_.max_failed_trial_count) {
      Complete(false, "ExperimentFailed", std::to_string(failures) + " trials have failed");
    } else if (spec_.max_trial_count && counts().Completed() >= *spec_.max_trial_count) {
      Complete(true, "ExperimentMaxTrialsReached", "the number of trials has been reached");
    } else if (view_.suggestion_failure) {
      Complete(false, "ExperimentFailed", "suggestion has failed: " + *view_.suggestion_failure);
    } else if (view_.space_ended && counts().Active() == 0) {
      Complete(true, "ExperimentSuggestionEndReached", "every point of the space has been tried");
    }
  }

  static bool Reaches(double value, const Objective& objective) {
    return value == *objective.goal || IsBetter(objective.type, value, *objective.goal);
  }

  void Complete(bool succeeded, const std::string& reason, const std::string& message) {
    if (status().Find(ConditionType::kRunning) != nullptr) {
      SetCondition(ConditionType::kRunning, false, reason, message);
    }
    SetCondition(
        succeeded ? ConditionType::kSucceeded : ConditionType::kFailed, true, reason, message);
    status().completion_time = view_.now;
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

  void DecideStop(const TrialView& view) {
    const AttemptId id = view.trial.attempt_id();
    const std::optional<Time> deadline = Deadline(view.trial);
    if (view_.mode == RunMode::kStopNow) {
      decision_.stop.push_back({id, std::chrono::milliseconds(0)});
    } else if (IsInterrupting() || status().IsCompleted() || view.early_stop ||
               (deadline && view_.now >= *deadline)) {
      decision_.stop.push_back({id, view_.limits.grace});
    } else if (deadline) {
      WakeAt(*deadline);
    }
  }

  /// How many may run at once. Those who run them know themselves, unless the spec says.
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

  const ExperimentView& view_;
  const ExperimentSpec& spec_;
  Decision decision_;
};

}  // namespace

Decision Decide(const ExperimentView& view) {
  return Pass(view).Run();
}

}  // namespace hone::controller
