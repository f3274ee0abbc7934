// HeldExperiment: one experiment as this process holds it in memory: the stored experiment, its
// active trials, the rule that stops trials early, and the suggestions at hand. The store stays the
// truth: everything here can be read from it again.
//
// Two owners differ in who runs the trials: an ExperimentReconciler (processes, a cluster) and a
// TunerStudy (clients). One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "controller/decide/decide.h"
#include "controller/reconcile/active_trials.h"
#include "controller/reconcile/early_stopping.h"
#include "controller/reconcile/suggestion_supply.h"
#include "db/store/store.h"
#include "db/store/transition.h"
#include "proto/model/experiment.h"
#include "suggestion/suggester.h"

namespace hone::controller {

class HeldExperiment {
 public:
  /// Load() comes before everything else. `store` and `suggester` must outlive it; `epoch` is that
  /// of the lease under which it commits.
  HeldExperiment(db::Store& store,
                 std::uint64_t epoch,
                 ExperimentKey key,
                 suggestion::Suggester& suggester);

  /// Reads the experiment and its active trials. What only memory knows of a current attempt stays,
  /// unless the stored experiment is another one of the same name. kNotFound if there is none,
  /// kInvalidArgument if no rule can be made of its early stopping.
  [[nodiscard]] Status Load();

  /// How the stored experiment stands to the one that is held.
  enum class Standing { kSame, kChanged, kReplaced, kDeleted };
  [[nodiscard]] Result<Standing> Compare() const;

  /// False before the first Load(), and after an error of Load() or Commit(): then what the store
  /// holds is unknown here.
  [[nodiscard]] bool is_loaded() const { return is_loaded_; }

  [[nodiscard]] const ExperimentKey& key() const { return key_; }
  [[nodiscard]] const Experiment& experiment() const { return experiment_; }
  [[nodiscard]] ActiveTrials& active() { return active_; }
  [[nodiscard]] const ActiveTrials& active() const { return active_; }
  [[nodiscard]] SuggestionSupply& supply() { return supply_; }
  [[nodiscard]] const SuggestionSupply& supply() const { return supply_; }

  /// Takes in what an attempt reports at `now`, to be stored with the next transition.
  void Append(const AttemptId& id, std::vector<Observation> observations, Time now);
  /// The same for what is stored already.
  void Take(const AttemptId& id, std::span<const Observation> observations);

  /// What Decide needs to know of it, but for the trials' workloads and how they are run.
  [[nodiscard]] ExperimentView View(Time now) const;
  /// A transition that changes nothing yet.
  [[nodiscard]] db::Transition Begin() const;
  /// Commits a transition and takes in what it has changed. kAborted if another process has changed
  /// the experiment.
  [[nodiscard]] Status Commit(db::Transition& transition);
  /// True if the suggester has nothing more before another trial ends.
  [[nodiscard]] bool WaitsForAnEnd() const {
    return supply_.WaitsForAnEnd(experiment_.status.counts.Completed());
  }

 private:
  [[nodiscard]] Status Replace(Experiment stored);
  void Judge(const AttemptId& id, std::span<const Observation> observations);

  db::Store& store_;
  std::uint64_t epoch_;
  ExperimentKey key_;
  bool is_loaded_ = false;
  Experiment experiment_;
  ActiveTrials active_{Objective()};
  /// Nothing if the experiment has none.
  std::unique_ptr<EarlyStopping> stopping_;
  SuggestionSupply supply_;
};

}  // namespace hone::controller
