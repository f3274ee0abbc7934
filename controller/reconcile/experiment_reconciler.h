// ExperimentReconciler: brings one experiment closer to what is wanted. A pass observes (its active
// trials, the runner), decides (pure), commits one transaction and then touches the world. A pass
// that is repeated does the same as once; whatever a crash cuts off, the next pass repairs.
// Single-threaded, owned by the Controller.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "controller/reconcile/active_trials.h"
#include "controller/reconcile/controller.h"
#include "controller/reconcile/early_stopping.h"
#include "controller/reconcile/suggestion_supply.h"
#include "controller/workload/render.h"
#include "proto/model/experiment.h"

namespace hone::controller {

class ExperimentReconciler {
 public:
  ExperimentReconciler(const Platform& platform, ExperimentKey key, std::uint64_t epoch);

  /// Reads the experiment and its active trials; kInvalidArgument if its template cannot be run.
  [[nodiscard]] Status Load();
  /// Reads the spec again: another process may have changed it (hone stop).
  [[nodiscard]] Status Refresh();

  /// One pass. Returns when the next is due if nothing wakes it; now, if there is more to do.
  [[nodiscard]] Result<std::optional<Time>> Reconcile(RunMode mode, Controller::Listener* listener);

  /// Takes in what a trial reported; a stopping rule judges it at once.
  void Append(const AttemptId& id, std::vector<Observation> observations);
  [[nodiscard]] const Experiment& experiment() const { return experiment_; }
  [[nodiscard]] bool IsAtRest(RunMode mode) const;
  /// See Controller.
  [[nodiscard]] std::optional<double> LatestObjective(std::uint64_t ordinal) const;
  [[nodiscard]] SlotLedger& ledger() { return ledger_; }
  [[nodiscard]] const SlotLedger& ledger() const { return ledger_; }

 private:
  [[nodiscard]] ExperimentView View(RunMode mode) const;
  /// Adds the time since the last pass to running_time_, if trials ran.
  void CountRunningTime();
  /// Stores what was decided and what was observed, with new trials for suggestions at hand.
  [[nodiscard]] Status StoreDecision(const ExperimentView& view,
                                     const Decision& decision,
                                     Controller::Listener* listener);
  /// Creates trials from new suggestions.
  [[nodiscard]] Status AskAndCreate(std::size_t count, Controller::Listener* listener);
  [[nodiscard]] Status Commit(db::Transition& transition);
  /// Tells the world what was committed: starts the trials that now run.
  void Announce(const db::Transition& transition, Controller::Listener* listener);
  void Start(const Trial& trial);
  /// True if the suggester has nothing more before another trial ends.
  [[nodiscard]] bool WaitsForAnEnd() const {
    return supply_.WaitsForAnEnd(experiment_.status.counts.Completed());
  }
  [[nodiscard]] std::optional<Time> NextPass(const Decision& decision, bool is_short) const;

  Platform platform_;
  ExperimentKey key_;
  std::uint64_t epoch_;
  Experiment experiment_;
  std::unique_ptr<WorkloadTemplate> template_;
  TrialLimits limits_;
  AlikeFailures alike_failures_;
  /// Until the last pass; what is stored of it may be less.
  Duration running_time_{0};
  /// When the last pass was, on the clock that never goes back.
  std::optional<Duration> last_pass_;
  ActiveTrials active_{Objective()};
  /// Nothing if the experiment has none.
  std::unique_ptr<EarlyStopping> stopping_;
  SuggestionSupply supply_;
  SlotLedger ledger_;
};

}  // namespace hone::controller
