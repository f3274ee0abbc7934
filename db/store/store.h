// Store: what do we know? Experiments, trials, observations and the events of every state change
// live here and nowhere else. Implementations: MemoryStore (db/store), SqlStore (db/sql) over the
// drivers of db/sqlite and later db/postgres. Thread-safe: any thread may call any method.
//
// Writing rules. (1) A state change and its event commit in one transaction. (2) Updates are
// optimistic: they carry the version that was read, and match no row (kAborted) if it has moved on.
// (3) What the controller writes carries the epoch of its lease; once another process has acquired
// a higher epoch the writes of the older one fail with kFailedPrecondition. (4) When a call
// returns, its effect survives kill -9 of the process; Sync() returns when it survives power loss.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "proto/model/experiment.h"
#include "proto/model/observation.h"
#include "proto/model/result.h"
#include "proto/model/trial.h"

namespace hone::db {

/// Which trials of one experiment, in ascending order of ordinal.
struct TrialQuery {
  ExperimentKey experiment{};
  /// Empty means any state.
  std::vector<TrialState> states{};
  /// Only ordinals above this.
  std::uint64_t after_ordinal = 0;
  /// Only trials that have an event above this sequence; 0 means all.
  std::uint64_t changed_since = 0;
  /// The newest first instead.
  bool descending = false;
  /// At most so many.
  std::size_t limit = SIZE_MAX;
};

struct ObservationQuery {
  AttemptId attempt{};
  /// Empty means all metrics.
  std::string metric{};
  std::uint64_t after_sequence = 0;
  std::size_t limit = SIZE_MAX;
};

/// Observations of one attempt.
struct ObservationBatch {
  AttemptId attempt;
  std::vector<Observation> observations;
};

/// What one reconcile pass changes: all of it or nothing. The experiment's status is written only
/// if `experiment.version` is still the stored one. Every created trial gets version 1 and must
/// carry the next free ordinal; every updated trial must carry the stored version. Afterwards the
/// versions in `experiment`, `created` and `updated` are the new ones.
struct Transition {
  std::uint64_t epoch = 0;
  Experiment experiment;
  /// True if a condition of the experiment changed: then the conditions and the times of start and
  /// completion are written, and the experiment gets an event too.
  bool experiment_changed_state = false;
  std::vector<Trial> created;
  std::vector<Trial> updated;
  std::vector<ObservationBatch> observations;
};

/// One state change, written in the transaction that made it. The feed of every watcher and the
/// outbox of everything sent outside.
struct Event {
  /// Ascending over the whole store, without promise of being dense.
  std::uint64_t sequence = 0;
  ExperimentKey experiment;
  /// 0 for the experiment itself.
  std::uint64_t ordinal = 0;
  /// 1, 2, 3, ... without gaps for each subject.
  std::int64_t subject_sequence = 0;
  /// The trial's new state, or the experiment's newest condition, as text.
  std::string state;
  Time time;
};

class Store {
 public:
  virtual ~Store() = default;

  /// Stores a new experiment with version 1 and its first event. kAlreadyExists if the key is
  /// taken.
  [[nodiscard]] virtual Result<Experiment> CreateExperiment(const Experiment& experiment) = 0;
  [[nodiscard]] virtual Result<Experiment> GetExperiment(const ExperimentKey& key) = 0;
  /// At most `limit` of those whose key is above `after`, in order of key; `ns` empty means all
  /// namespaces.
  [[nodiscard]] virtual Result<std::vector<Experiment>> ListExperiments(const std::string& ns,
                                                                        const ExperimentKey& after,
                                                                        std::size_t limit) = 0;
  /// All of them.
  [[nodiscard]] Result<std::vector<Experiment>> ListExperiments(const std::string& ns) {
    return ListExperiments(ns, {"", ""}, SIZE_MAX);
  }
  /// Replaces spec, labels and annotations; generation grows if spec changed. kAborted if
  /// `experiment.version` is not the stored one.
  [[nodiscard]] virtual Result<Experiment> UpdateSpec(const Experiment& experiment) = 0;
  /// Deletes the experiment, its trials, observations and events.
  [[nodiscard]] virtual Status DeleteExperiment(const ExperimentKey& key) = 0;

  /// Begins a new epoch for a process that will commit transitions.
  [[nodiscard]] virtual Result<std::uint64_t> AcquireEpoch() = 0;
  [[nodiscard]] virtual Status Commit(Transition& transition) = 0;

  [[nodiscard]] virtual Result<std::vector<Trial>> ListTrials(const TrialQuery& query) = 0;
  /// In order of sequence.
  [[nodiscard]] virtual Result<std::vector<Observation>> ListObservations(
      const ObservationQuery& query) = 0;
  /// Events above `cursor` in order of sequence, at most `limit`.
  [[nodiscard]] virtual Result<std::vector<Event>> ChangesSince(std::uint64_t cursor,
                                                                std::size_t limit) = 0;
  /// Returns when everything that has been written so far survives power loss.
  [[nodiscard]] virtual Status Sync() = 0;
};

}  // namespace hone::db
