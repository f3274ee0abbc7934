// Store: the source of truth. Experiments, trials, observations and the log of every change live
// here and nowhere else. Implementations: MemoryStore (db/store), SqlStore (db/sql) over the
// drivers of db/sqlite and later db/postgres. Thread-safe: any thread may call any method.
//
// Writing rules. (1) A change and its row of the log commit in one transaction: one row for each
// version of an experiment and of a trial, one for the observations that a transaction adds to a
// trial, and one when an experiment is deleted. (2) There is one writing transaction at a time,
// over all processes; reads do not wait for it. (3) Updates are optimistic: they carry the version
// that was read, and fail with kAborted if the stored version differs. (4) The controller's writes
// carry the epoch of its lease; once another process has acquired a higher epoch, writes with the
// older one fail with kFailedPrecondition. (5) When a call returns, its effect survives kill -9 of
// the process; Sync() returns when it survives power loss.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "db/store/change.h"
#include "proto/core/result.h"
#include "proto/model/experiment_key.h"
#include "proto/model/observation.h"
#include "proto/model/trial.h"

namespace hone {
struct Experiment;
}

namespace hone::db {

struct Transition;

/// Selects trials of one experiment, in ascending order of ordinal.
struct TrialQuery {
  ExperimentKey experiment{};
  /// Empty means any state.
  std::vector<TrialState> states{};
  /// Only ordinals above this.
  std::uint64_t after_ordinal = 0;
  /// Only trials that have changed above this sequence; 0 means all. kOutOfRange as ChangesSince.
  std::uint64_t changed_since = 0;
  /// Descending order instead.
  bool descending = false;
  /// Maximum number of trials.
  std::size_t limit = SIZE_MAX;
};

struct ObservationQuery {
  AttemptId attempt{};
  /// Empty means all metrics.
  std::string metric{};
  std::uint64_t after_sequence = 0;
  std::size_t limit = SIZE_MAX;
};

class Store {
 public:
  virtual ~Store() = default;

  /// Stores a new experiment with version 1. kAlreadyExists if the key is taken.
  [[nodiscard]] virtual Result<Experiment> CreateExperiment(const Experiment& experiment) = 0;
  [[nodiscard]] virtual Result<Experiment> GetExperiment(const ExperimentKey& key) = 0;
  /// At most `limit` experiments whose key is above `after`, in order of key; `ns` empty means all
  /// namespaces.
  [[nodiscard]] virtual Result<std::vector<Experiment>> ListExperiments(const std::string& ns,
                                                                        const ExperimentKey& after,
                                                                        std::size_t limit) = 0;
  /// The same without a limit.
  [[nodiscard]] Result<std::vector<Experiment>> ListExperiments(const std::string& ns);
  /// Replaces spec, labels and annotations; generation grows if spec changed. kAborted if
  /// `experiment.version` is not the stored one.
  [[nodiscard]] virtual Result<Experiment> UpdateSpec(const Experiment& experiment) = 0;
  /// Deletes the experiment, its trials and observations. Its rows in the log stay.
  [[nodiscard]] virtual Status DeleteExperiment(const ExperimentKey& key) = 0;

  /// Begins a new epoch for a process that will commit transitions.
  [[nodiscard]] virtual Result<std::uint64_t> AcquireEpoch() = 0;
  [[nodiscard]] virtual Status Commit(Transition& transition) = 0;

  [[nodiscard]] virtual Result<std::vector<Trial>> ListTrials(const TrialQuery& query) = 0;
  /// In order of sequence.
  [[nodiscard]] virtual Result<std::vector<Observation>> ListObservations(
      const ObservationQuery& query) = 0;
  /// Changes above `cursor` in order of sequence, at most `limit`. kOutOfRange if the log has been
  /// trimmed beyond the cursor (LogRetention), or if the cursor is above the newest change, as one
  /// of another store may be: then the reader continues from NewestChange and lists its objects
  /// again.
  [[nodiscard]] virtual Result<std::vector<Change>> ChangesSince(std::uint64_t cursor,
                                                                 std::size_t limit) = 0;
  /// The sequence of the newest change; 0 if there has been none.
  [[nodiscard]] virtual Result<std::uint64_t> NewestChange() = 0;
  /// Returns true when there is a change above `cursor`, made by any process, and false at the
  /// deadline. kOutOfRange if the cursor is above the newest change, kCancelled after EndWaits.
  [[nodiscard]] virtual Result<bool> WaitForChange(
      std::uint64_t cursor,
      std::chrono::steady_clock::time_point deadline) = 0;
  /// Ends all current and future waits with kCancelled: the store is about to be closed.
  virtual void EndWaits() = 0;
  /// Returns when everything that has been written so far survives power loss.
  [[nodiscard]] virtual Status Sync() = 0;
};

}  // namespace hone::db
