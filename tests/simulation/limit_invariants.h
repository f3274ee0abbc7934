// LimitInvariants: what bounds the attempts and the time of trials and of an experiment, checked
// from outside after every step of a simulation. Not thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controller/workload/render.h"
#include "db/store/store.h"
#include "proto/model/experiment.h"
#include "tests/simulation/simulated_runner.h"

namespace hone::controller {

class LimitInvariants {
 public:
  using Faults = std::vector<std::string>;
  /// Somebody stopped what runs: each trial may be interrupted once more.
  void Interrupted() { ++requests_; }
  /// Somebody wants this trial to be run again.
  void Retried(const Trial& trial) { attempts_before_[trial.name()] = trial.attempt; }
  /// The controller has died: the running time of some seconds is lost.
  void Crashed() { ++crashes_; }

  void CheckTrials(db::Store& store,
                   const Experiment& experiment,
                   const std::vector<Trial>& trials,
                   const SimulatedRunner& runner,
                   Faults& faults);
  void CheckTime(const Experiment& experiment, const SimulatedRunner& runner, Faults& faults);

 private:
  const Workload& LimitsOf(const Experiment& experiment);
  void CheckAttempts(const Trial& trial, const Workload& limits, Faults& faults) const;
  static void CheckDeadline(db::Store& store,
                            const Experiment& experiment,
                            const Trial& trial,
                            const Workload& limits,
                            Faults& faults);

  std::int32_t requests_ = 0;
  std::int64_t crashes_ = 0;
  /// Attempts before the last retry on request, by the trial's name.
  std::map<std::string, std::int32_t> attempts_before_;
  std::map<ExperimentKey, Workload> limits_;
};

}  // namespace hone::controller
