#include "tests/simulation/limit_invariants.h"

#include "controller/decide/decide.h"

namespace hone::controller {
namespace {

/// Maximum delay of the controller, which may have to retry after errors of the store.
constexpr Duration kLateness = std::chrono::seconds(10);
/// The running time that a crash may lose because it was not stored yet.
constexpr Duration kLostByCrash = std::chrono::seconds(12);

}  // namespace

const Workload& LimitInvariants::LimitsOf(const Experiment& experiment) {
  const auto [known, is_new] = limits_.try_emplace(experiment.key);
  if (is_new) {
    FieldErrors errors;
    const auto rendered =
        WorkloadTemplate::Make(experiment, errors)
            ->Render({.experiment = experiment.key, .ordinal = 1, .assignments = {{"x", "1"}}});
    known->second = rendered.value();
  }
  return known->second;
}

void LimitInvariants::CheckTrials(db::Store& store,
                                  const Experiment& experiment,
                                  const std::vector<Trial>& trials,
                                  const SimulatedRunner& runner,
                                  Faults& faults) {
  const Workload& limits = LimitsOf(experiment);
  for (const Trial& trial : trials) {
    CheckAttempts(trial, limits, faults);
    if (trial.run_time > runner.RunTime(trial.experiment, trial.ordinal)) {
      faults.push_back(trial.name() + " is said to have run longer than it did");
    }
    if (limits.active_deadline_seconds > 0) {
      CheckDeadline(store, experiment, trial, limits, faults);
    }
  }
}

void LimitInvariants::CheckAttempts(const Trial& trial,
                                    const Workload& limits,
                                    Faults& faults) const {
  if (trial.failures > limits.backoff_limit + 1 || trial.interruptions > kInterruptionsMax + 1 ||
      trial.start_failures > kStartFailuresMax + 1) {
    faults.push_back(trial.name() + " was tried more often than it may be");
  }
  const auto before = attempts_before_.find(trial.name());
  const std::int32_t first = before == attempts_before_.end() ? 1 : before->second + 1;
  const std::int32_t explained =
      trial.failures + trial.interruptions + trial.start_failures + requests_;
  if (trial.attempt - first > explained) {
    faults.push_back(trial.name() +
                     " has attempts that nothing explains: " + std::to_string(trial.attempt));
  }
}

void LimitInvariants::CheckDeadline(db::Store& store,
                                    const Experiment& experiment,
                                    const Trial& trial,
                                    const Workload& limits,
                                    Faults& faults) {
  const bool is_late = trial.run_time >= std::chrono::seconds(limits.active_deadline_seconds);
  const bool is_called_late = trial.reason == kDeadlineExceeded;
  if (is_called_late && (!is_late || trial.state != TrialState::kFailed)) {
    faults.push_back(trial.name() + " ended at a deadline that it had not reached");
  }
  if (is_late && !is_called_late && trial.state != TrialState::kEarlyStopped) {
    faults.push_back(trial.name() + " ran longer than its deadline and is " +
                     std::string(ToText(trial.state)));
  }
  if (is_called_late) {
    ObservationFold fold(*experiment.spec.objective);
    fold.Add(store.ListObservations({.attempt = trial.attempt_id()}).value());
    if (fold.summaries() != trial.metrics) {
      faults.push_back(trial.name() + " lost what it reported before its deadline");
    }
  }
}

void LimitInvariants::CheckTime(const Experiment& experiment,
                                const SimulatedRunner& runner,
                                Faults& faults) {
  const Workload& limits = LimitsOf(experiment);
  const std::chrono::seconds deadline(limits.active_deadline_seconds);
  if (deadline.count() > 0 &&
      runner.LongestRun(experiment.key) > deadline + limits.grace_period + kLateness) {
    faults.push_back("a trial runs on after its deadline");
  }
  const ExperimentStatus& status = experiment.status;
  const Duration busy = runner.BusyTime(experiment.key);
  if (status.running_time > busy + kLateness) {
    faults.push_back("the running time goes on while nothing runs");
  }
  if (!experiment.spec.max_duration_seconds) {
    return;
  }
  const std::chrono::seconds most(*experiment.spec.max_duration_seconds);
  if (busy > most + limits.grace_period + kLateness + kLostByCrash * crashes_) {
    faults.push_back("trials run longer than maxDurationSeconds");
  }
  const Condition* const end = status.Find(ConditionType::kSucceeded);
  if (end != nullptr && end->reason == "ExperimentMaxDurationReached" &&
      status.running_time < most) {
    faults.push_back("the experiment ended before its time was used");
  }
}

}  // namespace hone::controller
