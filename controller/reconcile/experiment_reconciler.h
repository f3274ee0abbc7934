// ExperimentReconciler: brings one experiment closer to what is wanted. A pass observes (its active
// trials, the runner), decides (pure), commits one transaction and then touches the world. A pass
// that is repeated does the same as once; whatever a crash cuts off, the next pass repairs.
// Single-threaded, owned by the Controller.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/reconcile/controller.h"
#include "controller/reconcile/held_experiment.h"
#include "controller/workload/render.h"
#include "proto/model/experiment.h"

namespace hone::controller {

class ExperimentReconciler {
 public:
  /// `epoch` and `since` are those of Controller::Make.
  ExperimentReconciler(const Platform& platform,
                       ExperimentKey key,
                       std::uint64_t epoch,
                       Time since);

  /// Reads the experiment and its active trials. kNotFound if there is none, kInvalidArgument if
  /// its template cannot be run.
  [[nodiscard]] Status Load();
  /// The stored experiment may be another version than the one at hand: another process has
  /// changed, deleted or replaced it. Reads it again if so.
  [[nodiscard]] Status Refresh();
  /// False if Load() has to come before the next pass.
  [[nodiscard]] bool is_loaded() const { return held_.is_loaded(); }

  /// One pass. Returns when the next is due if nothing wakes it; now, if there is more to do.
  [[nodiscard]] Result<std::optional<Time>> Reconcile(RunMode mode);
  /// Ends the experiment as failed, for a fault that no retry can mend.
  [[nodiscard]] Status Refuse(const std::string& message);

  /// Takes in what a trial reported; a stopping rule judges it at once.
  void Append(const AttemptId& id, std::vector<Observation> observations);
  [[nodiscard]] const Experiment& experiment() const { return held_.experiment(); }
  [[nodiscard]] bool IsAtRest(RunMode mode) const;
  [[nodiscard]] const SlotLedger& ledger() const { return ledger_; }

 private:
  [[nodiscard]] Status MakeTemplate();
  [[nodiscard]] ExperimentView View(RunMode mode) const;
  /// Adds the time since the last pass to running_time_, if trials ran.
  void CountRunningTime();
  /// Stores what was decided and what was observed, with new trials for suggestions at hand.
  [[nodiscard]] Status StoreDecision(const ExperimentView& view, const Decision& decision);
  /// Stops workloads. True if one of an active trial is gone at once, which no wake-up tells: it
  /// had not begun.
  bool Stop(const Decision& decision);
  /// Creates trials from new suggestions.
  [[nodiscard]] Status AskAndCreate(std::size_t count);
  /// Starts the trials of a committed transition that now run.
  void StartTrials(const db::Transition& transition);
  void Start(const Trial& trial);
  [[nodiscard]] std::optional<Time> NextPass(const Decision& decision, bool is_to_look_again) const;

  /// Stops everything that runs of an experiment that has been deleted or replaced.
  void BeginLeaving();
  /// Forgets the workloads that have ended; true once none is left.
  [[nodiscard]] bool HasLeft();

  Platform platform_;
  HeldExperiment held_;
  std::unique_ptr<WorkloadTemplate> template_;
  /// Of the experiment that the template was made of.
  std::string template_uid_;
  TrialPlace place_;
  TrialLimits limits_;
  AlikeFailures alike_failures_;
  /// Until the last pass; what is stored of it may be less.
  Duration running_time_{0};
  /// When the last pass was, on the clock that never goes back.
  std::optional<Duration> last_pass_;
  Time since_;
  SlotLedger ledger_;
  /// Workloads of a deleted experiment whose end is awaited: one that is created anew under its
  /// name would take them for its own.
  std::vector<AttemptId> leaving_;
};

}  // namespace hone::controller
