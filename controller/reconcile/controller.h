// Controller: the loop that brings experiments closer to what is wanted. For each key that was
// woken: observe (store, runner, observations) -> Decide -> one transaction -> act on the world.
// Level-based: a key carries no event, and a pass that is repeated does the same as once.
//
// Single-threaded: every method is called from the thread that pumps it, which also pumps the
// runner. It keeps the active trials of the experiments it watches in memory; the store stays the
// truth, and a version conflict makes it read again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

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
  /// each as its next attempt. Returns how many they are. To be called before Watch.
  [[nodiscard]] virtual Result<std::size_t> RetryFailed(const ExperimentKey& key) = 0;
  /// Begins to control an experiment that the store holds.
  [[nodiscard]] virtual Status Watch(const ExperimentKey& key) = 0;
  /// Something about the experiment may have changed.
  virtual void Wake(const ExperimentKey& key) = 0;
  virtual void SetMode(RunMode mode) = 0;
  /// Reconciles every key that is due; returns when the next one will be, if nothing wakes it.
  /// Retryable errors are retried with back-off; others are returned.
  [[nodiscard]] virtual Result<std::optional<Time>> RunDue() = 0;

  /// The last known state of a watched experiment, and its active trials.
  [[nodiscard]] virtual const Experiment& Current(const ExperimentKey& key) const = 0;
  /// True when nothing of it runs and nothing more will be done in this mode.
  [[nodiscard]] virtual bool IsAtRest(const ExperimentKey& key) const = 0;
  /// What the current attempt of the active trial `ordinal` last reported of the objective's
  /// metric; nothing if that is no finite number.
  [[nodiscard]] virtual std::optional<double> LatestObjective(const ExperimentKey& key,
                                                              std::uint64_t ordinal) const = 0;
  [[nodiscard]] virtual SlotTimes slot_times(const ExperimentKey& key) const = 0;

  /// Told of every change of a trial or experiment after it is stored (display).
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void OnTrial(const Trial& trial) = 0;
    virtual void OnExperiment(const Experiment& experiment) = 0;
    /// Something a person should read once, e.g. that images are ignored.
    virtual void OnWarning(const std::string& message) = 0;
  };
  virtual void SetListener(Listener* listener) = 0;
};

}  // namespace hone::controller
