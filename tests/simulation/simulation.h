// Simulation: the real controller, engine and rules in a simulated world; each seed is one run of
// random experiments, trials of all kinds, a store that fails, crashes, and external requests. Time
// is virtual; the invariants are checked after every step.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "controller/reconcile/controller.h"
#include "tests/simulation/invariants.h"
#include "tests/simulation/simulated_clock.h"
#include "tests/simulation/simulated_runner.h"
#include "tests/simulation/simulated_tasks.h"
#include "tests/support/faulty_store.h"

namespace hone::controller {

class Simulation : private Controller::Listener {
 public:
  explicit Simulation(std::uint64_t seed);
  ~Simulation() override;

  /// Runs until every experiment has ended. Returns all violations; empty is good.
  std::vector<std::string> Run();

  /// Counts of what happened in the run, so that a suite can check that it covers the events.
  struct Tally {
    std::size_t crashes = 0;
    std::size_t suspensions = 0;
    std::size_t restarts = 0;
    std::size_t trials = 0;
    std::size_t early_stopped = 0;
    std::size_t retried = 0;
    /// Suggestions that were computed beside the controller.
    std::size_t late_answers = 0;
    /// Counts of failures, by the reason of the trial.
    std::map<std::string, std::size_t> failures;
    std::map<std::string, std::size_t> endings;
  };
  [[nodiscard]] const Tally& tally() const { return tally_; }

 private:
  void OnRest(const ExperimentKey& /*key*/) override {}
  void OnDeleted(const ExperimentKey& key) override;
  void OnFailure(const ExperimentKey& key, const Error& error) override;
  bool Chance(unsigned per_mille) { return random_() % 1000 < per_mille; }
  [[nodiscard]] Experiment MakeExperiment(std::size_t index);
  [[nodiscard]] std::optional<AlgorithmSpec> MakeEarlyStopping();
  void Boot();
  /// A suggester that answers at once, or one whose answers take a while.
  [[nodiscard]] std::unique_ptr<suggestion::Suggester> MakeSuggester();
  void Crash();
  /// Performs one step; false if there was a violation.
  bool Step();
  void ActFromOutside();
  void SetSuspend(const ExperimentKey& key, bool suspend);
  /// Does the same as `hone resume --retry-failed`.
  void RetryFailed(const ExperimentKey& key);
  [[nodiscard]] bool IsOver();
  /// Adds the endings of this run to the tally.
  void CountEndings();
  [[nodiscard]] std::string DescribeUnfinished(const ExperimentKey& key);

  std::mt19937_64 random_;
  SimulatedClock clock_;
  std::unique_ptr<db::Store> real_store_;
  FaultyStore store_;
  SimulatedRunner runner_;
  SimulatedTasks tasks_{clock_};
  std::unique_ptr<suggestion::Suggester> suggester_;
  std::unique_ptr<Controller> controller_;
  std::vector<ExperimentKey> keys_;
  Invariants invariants_;
  std::optional<Time> next_pass_;
  RunMode mode_ = RunMode::kRun;
  std::vector<std::string> faults_;
  Tally tally_;
};

}  // namespace hone::controller
