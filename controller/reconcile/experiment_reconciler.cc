#include "controller/reconcile/experiment_reconciler.h"

#include <algorithm>
#include <utility>

#include "db/store/transition.h"

namespace hone::controller {
namespace {

/// Chatty trials do not cost a transaction a line: what they report waits this long at most.
constexpr Duration kObservationDelay = std::chrono::milliseconds(100);

/// A crash loses at most so much of the running time.
constexpr Duration kRunningTimeDelay = std::chrono::seconds(10);

}  // namespace

ExperimentReconciler::ExperimentReconciler(const Platform& platform,
                                           ExperimentKey key,
                                           std::uint64_t epoch)
    : platform_(platform), key_(std::move(key)), epoch_(epoch), supply_(platform.suggester) {}

Status ExperimentReconciler::Load() {
  HONE_ASSIGN_OR_RETURN(experiment_, platform_.store.GetExperiment(key_));
  running_time_ = std::max(running_time_, experiment_.status.running_time);
  if (template_ == nullptr) {
    FieldErrors errors;
    template_ = WorkloadTemplate::Make(experiment_, errors);
    if (template_ == nullptr) {
      return Fail(Code::kInvalidArgument, Join(errors));
    }
    active_ = ActiveTrials(*experiment_.spec.objective);
    HONE_ASSIGN_OR_RETURN(stopping_, EarlyStopping::Make(experiment_.spec));
  }
  supply_.Clear();
  HONE_RETURN_IF_ERROR(active_.Load(platform_.store, key_));
  return stopping_ ? stopping_->Load(platform_.store, experiment_, active_) : Status();
}

void ExperimentReconciler::Append(const AttemptId& id, std::vector<Observation> observations) {
  if (stopping_ && active_.IsCurrent(id)) {
    if (std::optional<std::string> reason = stopping_->Observe(id, observations)) {
      active_.StopEarly(id, *std::move(reason));
    }
  }
  active_.Append(id, std::move(observations), platform_.clock.Now());
}

Status ExperimentReconciler::Refresh() {
  HONE_ASSIGN_OR_RETURN(Experiment stored, platform_.store.GetExperiment(key_));
  if (stored.version != experiment_.version) {
    experiment_ = std::move(stored);
  }
  return {};
}

ExperimentView ExperimentReconciler::View(RunMode mode) const {
  return {.experiment = experiment_,
          .active = active_.View(platform_.runner),
          .limits = limits_,
          .mode = mode,
          .space_ended = supply_.HasEnded(),
          .suggestion_failure = supply_.failure(),
          .alike_failures = alike_failures_,
          .running_time = running_time_,
          .now = platform_.clock.Now()};
}

void ExperimentReconciler::CountRunningTime() {
  const Duration now = platform_.clock.Elapsed();
  if (last_pass_ && experiment_.status.counts.running > 0) {
    running_time_ += now - *last_pass_;
  }
  last_pass_ = now;
}

Result<std::optional<Time>> ExperimentReconciler::Reconcile(RunMode mode,
                                                            Controller::Listener* listener) {
  CountRunningTime();
  const ExperimentView view = View(mode);
  const Decision decision = Decide(view);
  const std::int64_t created_before = experiment_.status.counts.created;
  const bool has_to_ask = decision.create > 0 && supply_.IsEmpty();
  HONE_RETURN_IF_ERROR(StoreDecision(view, decision, listener));
  for (const Decision::StopAction& stop : decision.stop) {
    platform_.runner.Stop(stop.id, stop.grace);
    active_.StopIsUnderWay(stop.id);
  }
  if (has_to_ask && !WaitsForAnEnd()) {
    HONE_RETURN_IF_ERROR(AskAndCreate(decision.create, listener));
  }
  const auto created = static_cast<std::size_t>(experiment_.status.counts.created - created_before);
  const std::size_t missing = decision.create - std::min(created, decision.create);
  if (mode == RunMode::kRun) {
    HONE_RETURN_IF_ERROR(supply_.AskEarly(experiment_, missing));
  }
  return NextPass(decision, missing > 0 && !WaitsForAnEnd() && !supply_.AwaitsAnswer());
}

Status ExperimentReconciler::StoreDecision(const ExperimentView& view,
                                           const Decision& decision,
                                           Controller::Listener* listener) {
  const std::optional<Time> since = active_.unstored_since();
  const bool is_flush_due =
      (since && view.now >= *since + kObservationDelay) ||
      view.running_time >= experiment_.status.running_time + kRunningTimeDelay;
  const bool creates = decision.create > 0 && !supply_.IsEmpty();
  if (decision.updated.empty() && decision.status == experiment_.status && !is_flush_due &&
      !creates) {
    return {};
  }
  db::Transition transition{.epoch = epoch_,
                            .experiment = experiment_,
                            .experiment_changed_state = decision.status_changed_state,
                            .updated = decision.updated,
                            .observations = active_.Unstored()};
  transition.experiment.status = decision.status;
  transition.experiment.status.running_time = view.running_time;
  supply_.AddTrials(decision.create, {}, view.now, transition);
  HONE_RETURN_IF_ERROR(Commit(transition));
  active_.Stored();
  alike_failures_ = decision.alike_failures;
  for (const TrialView& trial : view.active) {
    if (trial.workload.IsFinished() || trial.workload.IsPutOff()) {
      ledger_.Ended(
          trial.workload.started, trial.workload.finished, active_.PauseEnd(trial.trial.ordinal));
    }
  }
  Announce(transition, listener);
  return {};
}

std::optional<double> ExperimentReconciler::LatestObjective(std::uint64_t ordinal) const {
  const auto found = active_.all().find(ordinal);
  if (found == active_.all().end()) {
    return std::nullopt;
  }
  // The objective is the first in every fold.
  return found->second.fold.summaries().front().Value(MetricStrategy::kLatest);
}

Status ExperimentReconciler::AskAndCreate(std::size_t count, Controller::Listener* listener) {
  HONE_RETURN_IF_ERROR(supply_.Ask(experiment_, count));
  db::Transition transition{.epoch = epoch_, .experiment = experiment_};
  supply_.AddTrials(count, {}, platform_.clock.Now(), transition);
  if (transition.created.empty()) {
    return {};
  }
  HONE_RETURN_IF_ERROR(Commit(transition));
  Announce(transition, listener);
  return {};
}

Status ExperimentReconciler::Commit(db::Transition& transition) {
  HONE_RETURN_IF_ERROR(platform_.store.Commit(transition));
  experiment_ = transition.experiment;
  for (const std::vector<Trial>* const trials : {&transition.updated, &transition.created}) {
    for (const Trial& trial : *trials) {
      active_.Apply(trial);
      if (stopping_) {
        stopping_->Apply(trial);
      }
    }
  }
  return {};
}

void ExperimentReconciler::Announce(const db::Transition& transition,
                                    Controller::Listener* listener) {
  for (const std::vector<Trial>* const trials : {&transition.updated, &transition.created}) {
    for (const Trial& trial : *trials) {
      if (trial.state == TrialState::kRunning) {
        Start(trial);
      }
      if (listener != nullptr) {
        listener->OnTrial(trial);
      }
    }
  }
  if (listener != nullptr) {
    listener->OnExperiment(experiment_);
  }
}

void ExperimentReconciler::Start(const Trial& trial) {
  Result<Workload> workload = template_->Render(trial);
  Status started;
  if (workload) {
    limits_ = {.active_deadline_seconds = workload->active_deadline_seconds,
               .backoff_limit = workload->backoff_limit,
               .grace = workload->grace_period};
    started = platform_.runner.Ensure(*workload);
  } else {
    started = tl::unexpected<Error>(workload.error());
  }
  if (started) {
    ledger_.Started(platform_.runner.Observe(trial.attempt_id()).started);
  } else {
    const Time now = platform_.clock.Now();
    ledger_.Started(now);
    active_.FailStart(trial.ordinal, started.error(), now);
  }
}

std::optional<Time> ExperimentReconciler::NextPass(const Decision& decision, bool is_short) const {
  const bool waits_to_start =
      std::any_of(decision.updated.begin(), decision.updated.end(), [](const Trial& trial) {
        return trial.state == TrialState::kCreated;
      });
  if (decision.status_changed_state || waits_to_start || active_.HasStartFailure() || is_short) {
    return platform_.clock.Now();
  }
  std::optional<Time> next = decision.wake_at;
  if (active_.unstored_since()) {
    const Time flush = *active_.unstored_since() + kObservationDelay;
    next = next ? std::min(*next, flush) : flush;
  }
  return next;
}

bool ExperimentReconciler::IsAtRest(RunMode mode) const {
  if (active_.unstored_since() || active_.HasStartFailure()) {
    return false;
  }
  const ExperimentStatus& status = experiment_.status;
  if (status.IsCompleted()) {
    return status.counts.Active() == 0;
  }
  const bool wants_rest = mode != RunMode::kRun || status.Is(ConditionType::kSuspended);
  return wants_rest && status.counts.running == 0;
}

}  // namespace hone::controller
