// LimitInvariants: limits of the attempts and the time of trials and of an experiment, checked from
// outside after every step of a simulation. Not thread-safe.
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
  /// Running trials were stopped on request: each may be interrupted once more.
  void Interrupted() { ++requests_; }
  /// The trial is to be retried on request.
  void Retried(const Trial& trial) { attempts_before_[trial.name()] = trial.attempt; }
  /// The controller has crashed: some seconds of running time are lost.
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
  /// The number of attempts before the last retry on request, by the trial's name.
  std::map<std::string, std::int32_t> attempts_before_;
  std::map<ExperimentKey, Workload> limits_;
};

}  // namespace hone::controller
