// Invariants: properties of a store that hold at every instant (docs/architecture.md), checked from
// outside after every step of a simulation. Keeps earlier states, so that forbidden changes are
// found too. Not thread-safe.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "db/store/store.h"
#include "proto/model/experiment.h"
#include "tests/simulation/limit_invariants.h"
#include "tests/simulation/simulated_runner.h"

namespace hone::controller {

class Invariants {
 public:
  /// All violations, as sentences; empty if there are none. Experiments that have not changed since
  /// the last check, according to the log, are not read again.
  std::vector<std::string> CheckStep(db::Store& store,
                                     const SimulatedRunner& runner,
                                     const std::vector<ExperimentKey>& keys);

  /// The same for all experiments.
  std::vector<std::string> CheckAll(db::Store& store,
                                    const SimulatedRunner& runner,
                                    const std::vector<ExperimentKey>& keys);

  [[nodiscard]] LimitInvariants& limits() { return limits_; }
  /// A failed trial is to be retried on request.
  void Retried(const Trial& trial) {
    limits_.Retried(trial);
    ended_.erase({trial.experiment, trial.ordinal});
  }

 private:
  using Faults = std::vector<std::string>;
  void CheckCounts(const Experiment& experiment, const std::vector<Trial>& trials, Faults& faults);
  void CheckLimits(const Experiment& experiment, const SimulatedRunner& runner, Faults& faults);
  void CheckTrials(const std::vector<Trial>& trials, Faults& faults);
  void CheckEarlyStopped(const Experiment& experiment,
                         const std::vector<Trial>& trials,
                         Faults& faults);
  void CheckBest(db::Store& store,
                 const Experiment& experiment,
                 const std::vector<Trial>& trials,
                 Faults& faults);
  void CheckObservations(db::Store& store,
                         const std::vector<Trial>& trials,
                         const SimulatedRunner& runner,
                         Faults& faults);
  void CheckOne(db::Store& store,
                const SimulatedRunner& runner,
                const ExperimentKey& key,
                Faults& faults);
  /// Follows the log; returns the experiments that have changed.
  std::set<ExperimentKey> FollowChanges(db::Store& store, Faults& faults);
  void CheckLastChanges(const Experiment& experiment,
                        const std::vector<Trial>& trials,
                        Faults& faults);

  LimitInvariants limits_;
  std::map<std::pair<ExperimentKey, std::uint64_t>, Trial> ended_;
  struct Subject {
    std::int64_t sequence = 0;
    std::string state;
  };
  std::map<std::pair<ExperimentKey, std::uint64_t>, Subject> subjects_;
  std::uint64_t cursor_ = 0;
};

}  // namespace hone::controller
