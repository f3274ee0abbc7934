// ActiveTrials: the trials of one experiment that have not ended, as the controller holds them in
// memory: the stored trial, the fold of what it reported, and what is not stored yet. The store
// stays the truth; this is thrown away and read again when it may be wrong. Not thread-safe.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "controller/decide/decide.h"
#include "db/store/store.h"
#include "proto/model/trial.h"

namespace hone::db {
struct ObservationBatch;
}

namespace hone::controller {

struct ActiveTrial {
  Trial trial;
  /// Of the current attempt.
  ObservationFold fold;
  /// Observations of the current attempt that wait for the next commit.
  std::vector<Observation> unstored;
  /// Set if the workload could not be started: what Decide sees instead of the runner's word.
  std::optional<WorkloadState> start_failure;
  /// Of the current attempt.
  std::optional<EarlyStop> early_stop;
};

class ActiveTrials {
 public:
  explicit ActiveTrials(const Objective& objective) : objective_(objective) {}

  /// Reads the active trials and what their current attempts reported. What only memory knows of an
  /// attempt that is current stays: what waits to be stored, that it is to end early, that it could
  /// not be started.
  [[nodiscard]] Status Load(db::Store& store, const ExperimentKey& key);

  /// Takes in what an attempt reported at `now`. Dropped if the attempt is not the current one of
  /// an active trial: it came too late.
  void Append(const AttemptId& id, std::vector<Observation> observations, Time now);
  /// Takes in what the current attempt of an active trial reported and is stored already.
  void Take(const AttemptId& id, std::span<const Observation> observations);
  /// True if `id` is the current attempt of an active trial.
  [[nodiscard]] bool IsCurrent(const AttemptId& id) const;
  /// A stopping rule wants an attempt that is current to end. The first reason stays.
  void StopEarly(const AttemptId& id, std::string reason);
  /// The runner has been told to stop an attempt.
  void StopIsUnderWay(const AttemptId& id);
  /// When the oldest observation that waits to be stored came in; nothing if none waits.
  [[nodiscard]] std::optional<Time> unstored_since() const { return unstored_since_; }
  [[nodiscard]] bool HasStartFailure() const;
  /// Until when an active trial waits before it runs again; zero if it does not.
  [[nodiscard]] Time PauseEnd(std::uint64_t ordinal) const;

  [[nodiscard]] std::vector<TrialView> View(Runner& runner) const;
  /// What waits to be stored; it keeps waiting until Stored() is called.
  [[nodiscard]] std::vector<db::ObservationBatch> Unstored() const;
  void Stored();

  /// Takes in a trial as it was stored; ended ones leave.
  void Apply(const Trial& trial);
  void FailStart(std::uint64_t ordinal, const Error& error, Time now);

  [[nodiscard]] const std::map<std::uint64_t, ActiveTrial>& all() const { return trials_; }

 private:
  Objective objective_;
  std::map<std::uint64_t, ActiveTrial> trials_;
  std::optional<Time> unstored_since_;
};

}  // namespace hone::controller
