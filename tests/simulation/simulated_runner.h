// SimulatedRunner: a world in which trials run in virtual time. The behaviour of an attempt (how
// long it runs, what it reports, how it ends, whether it obeys a stop) is drawn from the seed and
// the attempt's id, so that a seed repeats a world. Keeps a journal of every start for the
// invariants.
//
// It outlives the controllers that use it, as processes outlive a killed hone: after Disconnect the
// attempts continue until EndOrphans.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "controller/workload/runner.h"
#include "tests/simulation/simulated_clock.h"

namespace hone::controller {

/// Probabilities of events, in per cent.
struct TrialHabits {
  unsigned failures = 15;
  unsigned silent = 5;
  unsigned not_a_number = 5;
  unsigned hangs = 3;
  unsigned ignores_politeness = 10;
  /// Attempts that cannot be started: temporarily, and permanently.
  unsigned start_unavailable = 2;
  unsigned start_impossible = 1;
  /// Trials none of whose attempts can be started; each failure is temporary.
  unsigned never_available = 1;
  /// Attempts that wait for a resource first and then cannot be started.
  unsigned start_fails_late = 1;
};

/// Nothing happens except what a script says.
inline constexpr TrialHabits kAsScripted{0, 0, 0, 0, 0, 0, 0, 0, 0};

/// The behaviour of one attempt, for a test that needs it beforehand.
struct Script {
  bool fails = false;
  bool hangs = false;
  std::vector<std::string> values;
};

class SimulatedRunner final : public Runner {
 public:
  SimulatedRunner(SimulatedClock& clock, std::uint64_t seed, TrialHabits habits)
      : clock_(clock), seed_(seed), habits_(habits), counted_(clock.Now()) {}

  Status Ensure(const Workload& workload) override;
  WorkloadState Observe(const AttemptId& id) override;
  void Stop(const AttemptId& id, std::chrono::milliseconds grace) override;

  using Wake = std::function<void(const ExperimentKey&)>;
  void Connect(ObservationSink* sink, Wake wake);
  /// The controller is gone: reports of trials are lost, and late calls of the old controller have
  /// no effect.
  void Disconnect();
  /// Called first by a new hone.
  void EndOrphans();

  void SetScript(const AttemptId& id, Script script) { scripts_[id] = std::move(script); }

  /// Performs everything that is due now.
  void Progress();
  [[nodiscard]] std::optional<Time> NextEvent() const;

  [[nodiscard]] std::size_t Running(const ExperimentKey& experiment) const;
  /// How long the trial's known attempts have run while a controller was connected.
  [[nodiscard]] Duration RunTime(const ExperimentKey& experiment, std::uint64_t ordinal) const;
  /// How long at least one attempt of the experiment has run while a controller was connected.
  [[nodiscard]] Duration BusyTime(const ExperimentKey& experiment) const;
  /// The run time of the oldest running attempt.
  [[nodiscard]] Duration LongestRun(const ExperimentKey& experiment) const;
  [[nodiscard]] bool HasStarted(const AttemptId& id) const { return started_.contains(id); }
  /// Violations of the runner's contract: an attempt started twice, for instance. Empty is good.
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  /// The observations that an attempt has reported to the sink of a connected controller.
  [[nodiscard]] const std::map<AttemptId, std::vector<Observation>>& reported() const {
    return reported_;
  }

 private:
  struct Attempt {
    WorkloadState state;
    std::string metric;
    Time ends;
    Time killed_at = Time::max();
    bool fails = false;
    bool obeys = true;
    /// The attempt waits for a resource, and will not start.
    bool never_starts = false;
    std::vector<std::string> values;
    std::size_t next_value = 0;
    Duration value_interval{0};
  };
  [[nodiscard]] std::uint64_t Draw(const AttemptId& id, std::uint64_t salt) const;
  [[nodiscard]] bool Chance(const AttemptId& id, std::uint64_t salt, unsigned percent) const;
  [[nodiscard]] Attempt MakeAttempt(const Workload& workload) const;
  [[nodiscard]] Script DrawScript(const Workload& workload) const;
  [[nodiscard]] static Time NextOf(const Attempt& attempt);
  void Report(const AttemptId& id, Attempt& attempt);
  void Finish(const AttemptId& id, Attempt& attempt, bool is_stopped);
  void End(const AttemptId& id, Attempt& attempt, bool is_stopped);
  /// Adds the time since the last call to busy_.
  void CountBusyTime();

  SimulatedClock& clock_;
  std::uint64_t seed_;
  TrialHabits habits_;
  ObservationSink* sink_ = nullptr;
  Wake wake_;
  std::map<AttemptId, Script> scripts_;
  std::map<AttemptId, Attempt> attempts_;
  std::map<std::pair<ExperimentKey, std::uint64_t>, Duration> run_times_;
  std::map<ExperimentKey, Duration> busy_;
  Time counted_;
  std::set<AttemptId> started_;
  std::map<AttemptId, std::vector<Observation>> reported_;
  std::vector<std::string> violations_;
};

}  // namespace hone::controller
