#include "controller/reconcile/experiment_reconciler.h"

#include <algorithm>
#include <utility>

#include "db/store/transition.h"

namespace hone::controller {
namespace {

/// Chatty trials do not cost a transaction a line: what they report waits this long at most.
constexpr Duration kObservationDelay = std::chrono::milliseconds(100);

/// The runner tells when a workload has ended; this repairs a lost wake-up.
constexpr Duration kLeavingInterval = std::chrono::seconds(1);

/// A crash loses at most so much of the running time.
constexpr Duration kRunningTimeDelay = std::chrono::seconds(10);

}  // namespace

ExperimentReconciler::ExperimentReconciler(const Platform& platform,
                                           ExperimentKey key,
                                           std::uint64_t epoch,
                                           Time since)
    : platform_(platform),
      held_(platform.store, epoch, std::move(key), platform.suggester),
      since_(since) {}

Status ExperimentReconciler::Load() {
  HONE_RETURN_IF_ERROR(held_.Load());
  running_time_ = std::max(running_time_, experiment().status.running_time);
  place_ = PlaceOf(experiment());
  return template_ == nullptr || template_uid_ != experiment().uid ? MakeTemplate() : Status();
}

Status ExperimentReconciler::MakeTemplate() {
  FieldErrors errors;
  template_ = WorkloadTemplate::Make(experiment(), errors);
  if (template_ == nullptr) {
    return Fail(Code::kInvalidArgument, Join(errors));
  }
  template_uid_ = experiment().uid;
  running_time_ = experiment().status.running_time;
  alike_failures_ = {};
  ledger_ = SlotLedger();
  const auto slots = experiment().spec.parallel_trial_count.value_or(1);
  ledger_.Open(static_cast<std::size_t>(slots), since_);
  return {};
}

Status ExperimentReconciler::Refresh() {
  HONE_ASSIGN_OR_RETURN(const HeldExperiment::Standing standing, held_.Compare());
  switch (standing) {
    case HeldExperiment::Standing::kSame:
      return {};
    case HeldExperiment::Standing::kChanged:
      return Load();
    case HeldExperiment::Standing::kReplaced:
    case HeldExperiment::Standing::kDeleted:
      break;
  }
  BeginLeaving();
  return leaving_.empty() ? Load() : Status();
}

void ExperimentReconciler::BeginLeaving() {
  for (const auto& [ordinal, active] : held_.active().all()) {
    if (active.trial.state == TrialState::kRunning) {
      leaving_.push_back(active.trial.attempt_id());
      platform_.runner.Stop(leaving_.back(), limits_.grace);
    }
  }
}

bool ExperimentReconciler::HasLeft() {
  std::erase_if(leaving_, [this](const AttemptId& id) {
    const WorkloadState state = platform_.runner.Observe(id);
    const bool is_over = state.IsFinished() || state.phase == WorkloadState::Phase::kAbsent;
    if (is_over) {
      platform_.runner.Stop(id, {});  // forgets it
    }
    return is_over;
  });
  return leaving_.empty();
}

Status ExperimentReconciler::Refuse(const std::string& message) {
  db::Transition transition = held_.Begin();
  const Time now = platform_.clock.Now();
  ExperimentStatus& status = transition.experiment.status;
  transition.experiment_changed_state = status.SetCondition({.type = ConditionType::kFailed,
                                                             .status = true,
                                                             .reason = "ExperimentRefused",
                                                             .message = message,
                                                             .last_update = now,
                                                             .last_transition = now});
  status.completion_time = now;
  return held_.Commit(transition);
}

void ExperimentReconciler::Append(const AttemptId& id, std::vector<Observation> observations) {
  held_.Append(id, std::move(observations), platform_.clock.Now());
}

ExperimentView ExperimentReconciler::View(RunMode mode) const {
  ExperimentView view = held_.View(platform_.clock.Now());
  view.active = held_.active().View(platform_.runner);
  view.limits = limits_;
  view.mode = mode;
  view.alike_failures = alike_failures_;
  view.running_time = running_time_;
  return view;
}

void ExperimentReconciler::CountRunningTime() {
  const Duration now = platform_.clock.Elapsed();
  if (last_pass_ && experiment().status.counts.running > 0) {
    running_time_ += now - *last_pass_;
  }
  last_pass_ = now;
}

Result<std::optional<Time>> ExperimentReconciler::Reconcile(RunMode mode) {
  if (!leaving_.empty()) {
    if (!HasLeft()) {
      return platform_.clock.Now() + kLeavingInterval;
    }
    HONE_RETURN_IF_ERROR(Load());
  }
  CountRunningTime();
  const ExperimentView view = View(mode);
  const Decision decision = Decide(view);
  const std::int64_t created_before = experiment().status.counts.created;
  const bool has_to_ask = decision.create > 0 && held_.supply().IsEmpty();
  HONE_RETURN_IF_ERROR(StoreDecision(view, decision));
  const bool is_to_look_again = Stop(decision);
  if (has_to_ask && !held_.WaitsForAnEnd()) {
    HONE_RETURN_IF_ERROR(AskAndCreate(decision.create));
  }
  const auto created =
      static_cast<std::size_t>(experiment().status.counts.created - created_before);
  const std::size_t missing = decision.create - std::min(created, decision.create);
  if (mode == RunMode::kRun) {
    HONE_RETURN_IF_ERROR(held_.supply().AskEarly(experiment(), missing));
  }
  const bool is_short = missing > 0 && !held_.WaitsForAnEnd() && !held_.supply().AwaitsAnswer();
  return NextPass(decision, is_short || is_to_look_again);
}

bool ExperimentReconciler::Stop(const Decision& decision) {
  bool is_gone = false;
  for (const Decision::StopAction& stop : decision.stop) {
    platform_.runner.Stop(stop.id, stop.grace);
    held_.active().StopIsUnderWay(stop.id);
    is_gone |= held_.active().IsCurrent(stop.id) &&
               platform_.runner.Observe(stop.id).phase == WorkloadState::Phase::kAbsent;
  }
  return is_gone;
}

Status ExperimentReconciler::StoreDecision(const ExperimentView& view, const Decision& decision) {
  const std::optional<Time> since = held_.active().unstored_since();
  const bool is_flush_due =
      (since && view.now >= *since + kObservationDelay) ||
      view.running_time >= experiment().status.running_time + kRunningTimeDelay;
  const bool creates = decision.create > 0 && !held_.supply().IsEmpty();
  if (decision.updated.empty() && decision.status == experiment().status && !is_flush_due &&
      !creates) {
    return {};
  }
  db::Transition transition = held_.Begin();
  transition.experiment_changed_state = decision.status_changed_state;
  transition.updated = decision.updated;
  transition.observations = held_.active().Unstored();
  transition.experiment.status = decision.status;
  transition.experiment.status.running_time = view.running_time;
  held_.supply().AddTrials(decision.create, {}, view.now, transition);
  HONE_RETURN_IF_ERROR(held_.Commit(transition));
  held_.active().Stored();
  alike_failures_ = decision.alike_failures;
  for (const TrialView& trial : view.active) {
    if (trial.workload.IsFinished() || trial.workload.IsPutOff()) {
      ledger_.Ended(trial.workload.started,
                    trial.workload.finished,
                    held_.active().PauseEnd(trial.trial.ordinal));
    }
  }
  StartTrials(transition);
  return {};
}

Status ExperimentReconciler::AskAndCreate(std::size_t count) {
  HONE_RETURN_IF_ERROR(held_.supply().Ask(experiment(), count));
  db::Transition transition = held_.Begin();
  held_.supply().AddTrials(count, {}, platform_.clock.Now(), transition);
  if (transition.created.empty()) {
    return {};
  }
  HONE_RETURN_IF_ERROR(held_.Commit(transition));
  StartTrials(transition);
  return {};
}

void ExperimentReconciler::StartTrials(const db::Transition& transition) {
  for (const std::vector<Trial>* const trials : {&transition.updated, &transition.created}) {
    for (const Trial& trial : *trials) {
      if (trial.state == TrialState::kRunning) {
        Start(trial);
      }
    }
  }
}

void ExperimentReconciler::Start(const Trial& trial) {
  Result<Workload> workload = template_->Render(trial);
  Status started;
  if (workload) {
    limits_ = {.active_deadline_seconds = workload->active_deadline_seconds,
               .backoff_limit = workload->backoff_limit,
               .grace = workload->grace_period};
    workload->place = place_;
    started = platform_.runner.Ensure(*workload);
  } else {
    started = tl::unexpected<Error>(workload.error());
  }
  if (started) {
    ledger_.Started(platform_.runner.Observe(trial.attempt_id()).started);
  } else {
    const Time now = platform_.clock.Now();
    ledger_.Started(now);
    held_.active().FailStart(trial.ordinal, started.error(), now);
  }
}

std::optional<Time> ExperimentReconciler::NextPass(const Decision& decision,
                                                   bool is_to_look_again) const {
  const bool waits_to_start =
      std::any_of(decision.updated.begin(), decision.updated.end(), [](const Trial& trial) {
        return trial.state == TrialState::kCreated;
      });
  if (decision.status_changed_state || waits_to_start || held_.active().HasStartFailure() ||
      is_to_look_again) {
    return platform_.clock.Now();
  }
  std::optional<Time> next = decision.wake_at;
  const auto wake_at = [&next](Time time) {
    next = std::min(next.value_or(time), time);
  };
  if (held_.active().unstored_since()) {
    wake_at(*held_.active().unstored_since() + kObservationDelay);
  }
  if (experiment().status.counts.running > 0) {
    const Duration unstored = running_time_ - experiment().status.running_time;
    wake_at(platform_.clock.Now() + kRunningTimeDelay - unstored);
  }
  return next;
}

bool ExperimentReconciler::IsAtRest(RunMode mode) const {
  if (!is_loaded() || !leaving_.empty() || held_.active().unstored_since() ||
      held_.active().HasStartFailure()) {
    return false;
  }
  const ExperimentStatus& status = experiment().status;
  if (status.IsCompleted()) {
    return status.counts.Active() == 0;
  }
  const bool wants_rest = mode != RunMode::kRun || status.Is(ConditionType::kSuspended);
  return wants_rest && status.counts.running == 0;
}

}  // namespace hone::controller
