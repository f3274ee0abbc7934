// Controller: the loop that brings experiments closer to what is wanted, any number of them side by
// side. For each key that was woken: observe (store, runner, observations) -> Decide -> one
// transaction -> act on the world. Level-based: a key carries no event, and a pass that is repeated
// does the same as once.
//
// It is woken by the runner, by the suggester and by the log of the store, and reads nothing
// without a reason. An error is the matter of one experiment: its pass is retried with back-off;
// after repeated failure the experiment is quarantined, which means that the listener is told and
// that it is retried once a minute. The others go on.
//
// Single-threaded: every method is called from the thread that pumps it, which also pumps the
// runner. It keeps the active trials of the experiments it watches in memory; the store stays the
// truth, and a version conflict makes it read again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "controller/decide/decide.h"
#include "controller/reconcile/platform.h"
#include "controller/reconcile/slot_ledger.h"
#include "proto/model/experiment_key.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

class Controller : public ObservationSink {
 public:
  /// `epoch` is that of the lease under which this process commits; `since` is when the program
  /// began, from which on free slots count as idle.
  static std::unique_ptr<Controller> Make(const Platform& platform,
                                          std::uint64_t epoch,
                                          Time since);

  /// Lets the trials of a stored experiment that failed, or ended without their metric, run again:
  /// each as its next attempt. Returns how many they are. A watched experiment is read again.
  [[nodiscard]] virtual Result<std::size_t> RetryFailed(const ExperimentKey& key) = 0;
  /// Begins to control an experiment that the store holds; one that is watched already is looked at
  /// again. kNotFound if there is none, kInvalidArgument if its template cannot be run.
  [[nodiscard]] virtual Status Watch(const ExperimentKey& key) = 0;
  /// Watches every experiment of the store that has a template and has not come to rest, now and
  /// whenever one appears, changes or goes on.
  virtual void WatchAll() = 0;
  /// Forgets an experiment. What runs of it is not touched.
  virtual void Unwatch(const ExperimentKey& key) = 0;
  [[nodiscard]] virtual bool IsWatched(const ExperimentKey& key) const = 0;
  [[nodiscard]] virtual std::vector<ExperimentKey> Watched() const = 0;
  /// Something about the experiment may have changed.
  virtual void Wake(const ExperimentKey& key) = 0;
  /// The log of the store may have moved on: the next RunDue reads it.
  virtual void WakeForLog() = 0;
  /// Of all experiments, now and later.
  virtual void SetMode(RunMode mode) = 0;
  /// Of one that is watched, until it is no longer.
  virtual void SetMode(const ExperimentKey& key, RunMode mode) = 0;
  /// Reconciles every key that is due; returns when the next one will be, if nothing wakes it.
  virtual std::optional<Time> RunDue() = 0;

  /// The last known state of a watched experiment.
  [[nodiscard]] virtual const Experiment& Current(const ExperimentKey& key) const = 0;
  /// True when nothing of it runs and nothing more will be done in its mode.
  [[nodiscard]] virtual bool IsAtRest(const ExperimentKey& key) const = 0;
  [[nodiscard]] virtual SlotTimes slot_times(const ExperimentKey& key) const = 0;

  /// Told what becomes of watched experiments. May call any method but RunDue.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// It has come to rest (see IsAtRest); told again if it has gone on meanwhile.
    virtual void OnRest(const ExperimentKey& key) = 0;
    /// It was deleted, and nothing of it runs any more. It is not watched any longer.
    virtual void OnDeleted(const ExperimentKey& key) = 0;
    /// It is quarantined, because of this error.
    virtual void OnFailure(const ExperimentKey& key, const Error& error) = 0;
  };
  virtual void SetListener(Listener* listener) = 0;
};

}  // namespace hone::controller
