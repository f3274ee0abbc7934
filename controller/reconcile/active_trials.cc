#include "controller/reconcile/active_trials.h"

#include <algorithm>
#include <utility>

#include "db/store/transition.h"

namespace hone::controller {

Status ActiveTrials::Load(db::Store& store, const ExperimentKey& key) {
  HONE_ASSIGN_OR_RETURN(const std::vector<Trial> trials,
                        store.ListTrials({.experiment = key,
                                          .states = {TrialState::kCreated, TrialState::kRunning}}));
  // Everything is read before anything is replaced: an error must not lose what waits to be stored.
  std::vector<std::vector<Observation>> observations;
  observations.reserve(trials.size());
  for (const Trial& trial : trials) {
    HONE_ASSIGN_OR_RETURN(observations.emplace_back(),
                          store.ListObservations({.attempt = trial.attempt_id()}));
  }
  const std::map<std::uint64_t, ActiveTrial> before = std::exchange(trials_, {});
  const Time since = std::exchange(unstored_since_, std::nullopt).value_or(Time());
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const Trial& trial = trials[i];
    Apply(trial);
    trials_.at(trial.ordinal).fold.Add(observations[i]);
    const auto known = before.find(trial.ordinal);
    if (known == before.end() || known->second.trial.attempt != trial.attempt) {
      continue;
    }
    Append(trial.attempt_id(), known->second.unstored, since);
    trials_.at(trial.ordinal).early_stop = known->second.early_stop;
    trials_.at(trial.ordinal).start_failure = known->second.start_failure;
  }
  return {};
}

void ActiveTrials::Append(const AttemptId& id, std::vector<Observation> observations, Time now) {
  if (!IsCurrent(id) || observations.empty()) {
    return;
  }
  ActiveTrial& active = trials_.at(id.ordinal);
  active.fold.Add(observations);
  active.unstored.insert(active.unstored.end(),
                         std::make_move_iterator(observations.begin()),
                         std::make_move_iterator(observations.end()));
  if (!unstored_since_) {
    unstored_since_ = now;
  }
}

void ActiveTrials::Take(const AttemptId& id, std::span<const Observation> observations) {
  if (IsCurrent(id)) {
    trials_.at(id.ordinal).fold.Add(observations);
  }
}

bool ActiveTrials::IsCurrent(const AttemptId& id) const {
  const auto found = trials_.find(id.ordinal);
  return found != trials_.end() && found->second.trial.attempt == id.attempt;
}

Time ActiveTrials::PauseEnd(std::uint64_t ordinal) const {
  const auto found = trials_.find(ordinal);
  return found == trials_.end() ? Time() : found->second.trial.not_before;
}

void ActiveTrials::StopEarly(const AttemptId& id, std::string reason) {
  std::optional<EarlyStop>& early_stop = trials_.at(id.ordinal).early_stop;
  if (!early_stop) {
    early_stop = EarlyStop{std::move(reason)};
  }
}

void ActiveTrials::StopIsUnderWay(const AttemptId& id) {
  const auto found = trials_.find(id.ordinal);
  if (found != trials_.end() && found->second.early_stop) {
    found->second.early_stop->is_under_way = true;
  }
}

bool ActiveTrials::HasStartFailure() const {
  return std::any_of(trials_.begin(), trials_.end(), [](const auto& entry) {
    return entry.second.start_failure.has_value();
  });
}

std::vector<TrialView> ActiveTrials::View(Runner& runner) const {
  std::vector<TrialView> views;
  views.reserve(trials_.size());
  for (const auto& [ordinal, active] : trials_) {
    TrialView view{active.trial, {}, active.fold.summaries(), active.early_stop};
    if (active.start_failure) {
      view.workload = *active.start_failure;
    } else if (active.trial.state == TrialState::kRunning) {
      view.workload = runner.Observe(active.trial.attempt_id());
    }
    views.push_back(std::move(view));
  }
  return views;
}

std::vector<db::ObservationBatch> ActiveTrials::Unstored() const {
  std::vector<db::ObservationBatch> batches;
  if (!unstored_since_) {
    return batches;
  }
  for (const auto& [ordinal, active] : trials_) {
    if (!active.unstored.empty()) {
      batches.push_back({active.trial.attempt_id(), active.unstored});
    }
  }
  return batches;
}

void ActiveTrials::Stored() {
  if (!std::exchange(unstored_since_, std::nullopt)) {
    return;
  }
  for (auto& [ordinal, active] : trials_) {
    active.unstored.clear();
  }
}

void ActiveTrials::Apply(const Trial& trial) {
  if (IsTerminal(trial.state)) {
    trials_.erase(trial.ordinal);
    return;
  }
  const auto found = trials_.find(trial.ordinal);
  if (found != trials_.end() && found->second.trial.attempt == trial.attempt) {
    found->second.trial = trial;
    return;
  }
  trials_.insert_or_assign(
      trial.ordinal,
      ActiveTrial{trial, ObservationFold(objective_), {}, std::nullopt, std::nullopt});
}

void ActiveTrials::FailStart(std::uint64_t ordinal, const Error& error, Time now) {
  trials_.at(ordinal).start_failure = NotStarted(error, now);
}

}  // namespace hone::controller
