#include "tests/contract/runner_contract.h"

#include "tests/simulation/simulated_runner.h"

namespace hone::controller {
namespace {

/// The simulated runner fulfils the contract of the real one, so that results of simulations apply
/// to both.
class SimulatedWorld : public ObservationSink {
 public:
  SimulatedWorld() {
    runner_.Connect(this, [](const ExperimentKey&) {});
  }

  Runner& runner() { return runner_; }
  Workload Succeeding(const AttemptId& id) { return Scripted(id, {}); }
  Workload Failing(const AttemptId& id) { return Scripted(id, {.fails = true}); }
  Workload Hanging(const AttemptId& id) { return Scripted(id, {.hangs = true}); }
  Workload Reporting(const AttemptId& id, const std::vector<std::string>& values, bool hangs) {
    return Scripted(id, {.hangs = hangs, .values = values});
  }
  int StartsOf(const AttemptId& id) {
    const bool is_once = runner_.violations().empty();
    return runner_.HasStarted(id) ? (is_once ? 1 : 2) : 0;
  }
  std::vector<Observation> ObservationsOf(const AttemptId& id) { return heard_[id]; }
  bool PumpUntil(const std::function<bool()>& is_reached) {
    while (!is_reached()) {
      const std::optional<Time> next = runner_.NextEvent();
      if (!next) {
        return false;
      }
      clock_.AdvanceTo(*next);
      runner_.Progress();
    }
    return true;
  }
  void Append(const AttemptId& id, std::vector<Observation> observations) override {
    heard_[id].insert(heard_[id].end(), observations.begin(), observations.end());
  }

 private:
  Workload Scripted(const AttemptId& id, Script script) {
    runner_.SetScript(id, std::move(script));
    Workload workload;
    workload.id = id;
    workload.metric_source.metrics = {"loss"};
    return workload;
  }

  SimulatedClock clock_;
  SimulatedRunner runner_{clock_, 1, kAsScripted};
  std::map<AttemptId, std::vector<Observation>> heard_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, RunnerContract, SimulatedWorld);

}  // namespace
}  // namespace hone::controller
