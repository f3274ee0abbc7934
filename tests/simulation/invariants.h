// Invariants: what is true of a store at every instant (docs/architecture.md), checked from outside
// after every step of a simulation. Remembers what it has seen, so that changes which must not
// happen are found too. Not thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "db/store/store.h"
#include "tests/simulation/simulated_runner.h"

namespace hone::controller {

class Invariants {
 public:
  /// Everything that does not hold for `key`, as sentences; empty is good.
  std::vector<std::string> Check(db::Store& store,
                                 const SimulatedRunner& runner,
                                 const ExperimentKey& key);

 private:
  using Faults = std::vector<std::string>;
  void CheckCounts(const Experiment& experiment, const std::vector<Trial>& trials, Faults& faults);
  void CheckLimits(const Experiment& experiment, const SimulatedRunner& runner, Faults& faults);
  void CheckTrials(const std::vector<Trial>& trials, Faults& faults);
  void CheckBest(db::Store& store,
                 const Experiment& experiment,
                 const std::vector<Trial>& trials,
                 Faults& faults);
  void CheckObservations(db::Store& store,
                         const std::vector<Trial>& trials,
                         const SimulatedRunner& runner,
                         Faults& faults);
  void CheckEvents(db::Store& store, const std::vector<Trial>& trials, Faults& faults);

  std::map<std::pair<ExperimentKey, std::uint64_t>, Trial> ended_;
  struct Subject {
    std::int64_t sequence = 0;
    std::string state;
  };
  std::map<std::pair<ExperimentKey, std::uint64_t>, Subject> subjects_;
  std::uint64_t cursor_ = 0;
};

}  // namespace hone::controller
