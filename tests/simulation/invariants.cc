#include "tests/simulation/invariants.h"

#include <algorithm>
#include <set>

namespace hone::controller {
namespace {

std::string Numbers(std::int64_t expected, std::int64_t found) {
  return ": expected " + std::to_string(expected) + ", found " + std::to_string(found);
}

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

}  // namespace

std::vector<std::string> Invariants::CheckStep(db::Store& store,
                                               const SimulatedRunner& runner,
                                               const std::vector<ExperimentKey>& keys) {
  Faults faults = runner.violations();
  const std::set<ExperimentKey> changed = FollowChanges(store, faults);
  for (const ExperimentKey& key : keys) {
    const Experiment experiment = store.GetExperiment(key).value();
    limits_.CheckTime(experiment, runner, faults);
    if (changed.contains(key)) {
      CheckOne(store, runner, key, faults);
    } else {
      CheckLimits(experiment, runner, faults);
    }
  }
  return faults;
}

std::vector<std::string> Invariants::CheckAll(db::Store& store,
                                              const SimulatedRunner& runner,
                                              const std::vector<ExperimentKey>& keys) {
  Faults faults = CheckStep(store, runner, keys);
  for (const ExperimentKey& key : keys) {
    CheckOne(store, runner, key, faults);
    const Experiment experiment = store.GetExperiment(key).value();
    const std::vector<Trial> trials = store.ListTrials({.experiment = key}).value();
    CheckBest(store, experiment, trials, faults);
    CheckObservations(store, trials, runner, faults);
  }
  return faults;
}

void Invariants::CheckOne(db::Store& store,
                          const SimulatedRunner& runner,
                          const ExperimentKey& key,
                          Faults& faults) {
  const Experiment experiment = store.GetExperiment(key).value();
  const std::vector<Trial> trials = store.ListTrials({.experiment = key}).value();
  CheckCounts(experiment, trials, faults);
  CheckLimits(experiment, runner, faults);
  CheckTrials(trials, faults);
  limits_.CheckTrials(store, experiment, trials, runner, faults);
  CheckEarlyStopped(experiment, trials, faults);
  CheckLastChanges(experiment, trials, faults);
}

void Invariants::CheckCounts(const Experiment& experiment,
                             const std::vector<Trial>& trials,
                             Faults& faults) {
  TrialCounts counts{.created = static_cast<std::int64_t>(trials.size())};
  for (const Trial& trial : trials) {
    ++CountOf(counts, trial.state);
  }
  if (counts != experiment.status.counts) {
    faults.push_back("the counts of the experiment are not those of its trials" +
                     Numbers(counts.Completed(), experiment.status.counts.Completed()));
  }
}

void Invariants::CheckLimits(const Experiment& experiment,
                             const SimulatedRunner& runner,
                             Faults& faults) {
  const TrialCounts& counts = experiment.status.counts;
  const std::int64_t parallel = experiment.spec.parallel_trial_count.value_or(1);
  if (counts.running > parallel) {
    faults.push_back("more trials run than parallelTrialCount" + Numbers(parallel, counts.running));
  }
  const auto processes = static_cast<std::int64_t>(runner.Running(experiment.key));
  if (processes > parallel) {
    faults.push_back("more processes than parallelTrialCount" + Numbers(parallel, processes));
  }
  if (experiment.spec.max_trial_count && counts.created > *experiment.spec.max_trial_count) {
    faults.push_back("more trials than maxTrialCount" +
                     Numbers(*experiment.spec.max_trial_count, counts.created));
  }
}

void Invariants::CheckTrials(const std::vector<Trial>& trials, Faults& faults) {
  std::set<std::string> points;
  std::uint64_t expected = 1;
  for (const Trial& trial : trials) {
    if (trial.ordinal != expected++) {
      faults.push_back("the ordinals of the trials have a gap before " + trial.name());
    }
    std::string point;
    for (const Assignment& assignment : trial.assignments) {
      point += assignment.name + "=" + assignment.value + ";";
    }
    if (!points.insert(point).second) {
      faults.push_back("a point was tried twice: " + point);
    }
    const auto [known, is_new] = ended_.try_emplace({trial.experiment, trial.ordinal}, trial);
    if (!IsTerminal(trial.state)) {
      if (!is_new) {
        faults.push_back(trial.name() + " came back from the dead");
      } else {
        ended_.erase(known);
      }
    } else if (known->second != trial) {
      faults.push_back(trial.name() + " changed after its end");
    }
  }
}

void Invariants::CheckEarlyStopped(const Experiment& experiment,
                                   const std::vector<Trial>& trials,
                                   Faults& faults) {
  for (const Trial& trial : trials) {
    if (trial.state != TrialState::kEarlyStopped) {
      continue;
    }
    const bool is_explained =
        experiment.spec.early_stopping && trial.reason == "TrialEarlyStopped" &&
        trial.message.starts_with(experiment.spec.early_stopping->name + " stopped it at step ");
    const bool has_metrics =
        std::any_of(trial.metrics.begin(), trial.metrics.end(), [](const MetricSummary& metric) {
          return metric.latest != MetricSummary::kUnavailable;
        });
    if (!is_explained || !has_metrics) {
      faults.push_back(trial.name() + " was stopped early and nothing says why: " + trial.message);
    }
  }
}

void Invariants::CheckBest(db::Store& store,
                           const Experiment& experiment,
                           const std::vector<Trial>& trials,
                           Faults& faults) {
  const Objective& objective = *experiment.spec.objective;
  std::optional<double> best;
  for (const Trial& trial : trials) {
    if (trial.state != TrialState::kSucceeded && trial.state != TrialState::kEarlyStopped) {
      continue;
    }
    ObservationFold fold(objective);
    fold.Add(store.ListObservations({.attempt = trial.attempt_id()}).value());
    if (fold.summaries() != trial.metrics) {
      faults.push_back("the metrics of " + trial.name() + " are not those of its observations");
    }
    const std::optional<double> value = ObjectiveValue(objective, fold.summaries());
    if (value && (!best || IsBetter(objective.type, *value, *best))) {
      best = value;
    }
  }
  const std::optional<OptimalTrial>& stored = experiment.status.optimal;
  if (best.has_value() != stored.has_value() || (best && *best != stored->value)) {
    faults.push_back("the stored best is not the best of the observations");
  }
}

void Invariants::CheckObservations(db::Store& store,
                                   const std::vector<Trial>& trials,
                                   const SimulatedRunner& runner,
                                   Faults& faults) {
  for (const Trial& trial : trials) {
    const auto reported = runner.reported().find(trial.attempt_id());
    const bool is_kept =
        trial.state == TrialState::kSucceeded || trial.state == TrialState::kEarlyStopped;
    if (!is_kept || reported == runner.reported().end()) {
      continue;
    }
    if (store.ListObservations({.attempt = trial.attempt_id()}).value() != reported->second) {
      faults.push_back("the observations of " + trial.name() + " are not what it reported");
    }
  }
}

std::set<ExperimentKey> Invariants::FollowChanges(db::Store& store, Faults& faults) {
  std::set<ExperimentKey> changed;
  const std::vector<db::Change> changes = store.ChangesSince(cursor_, SIZE_MAX).value();
  for (const db::Change& change : changes) {
    cursor_ = change.sequence;
    changed.insert(change.experiment);
    if (change.kind == db::ChangeKind::kObservations) {
      continue;
    }
    Subject& subject = subjects_[{change.experiment, change.ordinal}];
    if (change.subject_sequence != subject.sequence + 1) {
      faults.push_back("the changes of a subject have a gap" +
                       Numbers(subject.sequence + 1, change.subject_sequence));
    }
    subject = {change.subject_sequence, change.state};
  }
  return changed;
}

void Invariants::CheckLastChanges(const Experiment& experiment,
                                  const std::vector<Trial>& trials,
                                  Faults& faults) {
  if (subjects_[{experiment.key, 0}].sequence != experiment.version) {
    faults.push_back("the last change of the experiment is not its version");
  }
  for (const Trial& trial : trials) {
    const Subject& subject = subjects_[{trial.experiment, trial.ordinal}];
    if (subject.state != ToText(trial.state) || subject.sequence != trial.version) {
      faults.push_back("the last change of " + trial.name() + " is not its state");
    }
  }
}

}  // namespace hone::controller
