// EarlyStopping: tells a stopping rule what the trials of one experiment report, and what the rule
// says in words. The store stays the truth: what the rule knows is read from it again by a new
// process. Owned by an ExperimentReconciler, on its thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "algorithms/stopping_rule.h"
#include "controller/reconcile/active_trials.h"
#include "db/store/store.h"

namespace hone {
struct Experiment;
struct ExperimentSpec;
}  // namespace hone

namespace hone::controller {

class EarlyStopping {
 public:
  /// Nothing if the experiment has no earlyStopping; kInvalidArgument if no rule can be made of it.
  static Result<std::unique_ptr<EarlyStopping>> Make(const ExperimentSpec& spec);

  /// Brings the rule to what the store says: all of it at first, later what may have been missed.
  [[nodiscard]] Status Load(db::Store& store,
                            const Experiment& experiment,
                            const ActiveTrials& active);
  /// Takes in what an attempt reports. The reason why the trial should be stopped, if it should.
  [[nodiscard]] std::optional<std::string> Observe(const AttemptId& id,
                                                   std::span<const Observation> observations);
  /// Takes in a trial as it was stored.
  void Apply(const Trial& trial);

 private:
  EarlyStopping(const algorithms::Rule& rule, const ExperimentSpec& spec);
  [[nodiscard]] Status ReadHistory(db::Store& store, const Experiment& experiment);
  [[nodiscard]] Status Replay(db::Store& store, const Trial& trial);
  [[nodiscard]] std::string Describe(const algorithms::Verdict& verdict) const;

  std::string name_;
  std::string metric_;
  /// -1 if the objective is maximised: rules minimise.
  double sign_;
  std::uint64_t trials_remembered_;
  std::unique_ptr<algorithms::StoppingRule> rule_;
  bool has_history_ = false;
  /// The current attempt of each trial that the rule knows and that has not ended.
  std::map<std::uint64_t, std::int32_t> attempts_;
};

}  // namespace hone::controller
