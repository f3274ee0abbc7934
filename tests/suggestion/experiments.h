// Experiments and their trials in a memory store, for tests of Suggesters.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "db/store/memory_store.h"
#include "db/store/store.h"
#include "db/store/transition.h"
#include "proto/core/time.h"
#include "proto/model/experiment.h"
#include "proto/model/suggestion.h"

namespace hone::suggestion {

/// An experiment that maximises "accuracy" by random search.
inline Experiment AnExperiment(std::vector<ParameterSpec> parameters,
                               const std::string& name = "tune") {
  Experiment experiment;
  experiment.key.name = name;
  experiment.uid = "uid of " + name;
  experiment.spec.parameters = std::move(parameters);
  Objective& objective = experiment.spec.objective.emplace();
  objective.type = ObjectiveType::kMaximize;
  objective.metric_name = "accuracy";
  experiment.spec.algorithm = AlgorithmSpec{"random", {}};
  experiment.spec.parallel_trial_count = 2;
  experiment.spec.max_trial_count = 100;
  return experiment;
}

inline ParameterSpec Ints(const std::string& min, const std::string& max) {
  return {"x", ParameterType::kInt, {min, max, "", {}, Distribution::kUniform}};
}

inline ParameterSpec Continuous() {
  return {"x", ParameterType::kDouble, {"0", "1", "", {}, Distribution::kUniform}};
}

/// An experiment in a store, with the operations of a controller on both.
class Laboratory {
 public:
  explicit Laboratory(const Experiment& experiment) { Add(experiment); }
  /// An experiment in the same store as `beside`.
  Laboratory(const Experiment& experiment, const Laboratory& beside)
      : store_(beside.store_), epoch_(beside.epoch_) {
    Add(experiment);
  }

  [[nodiscard]] db::Store& store() { return *store_; }
  [[nodiscard]] const Experiment& experiment() const { return experiment_; }

  /// Another experiment becomes the current one.
  void Add(const Experiment& experiment) {
    experiment_ = store_->CreateExperiment(experiment).value();
    trials_.clear();
  }

  /// Creates trials from the suggestions.
  void Create(const SuggestionBatch& batch) {
    db::Transition transition = Begin();
    for (const Suggestion& suggestion : batch.suggestions) {
      Trial trial;
      trial.experiment = experiment_.key;
      trial.ordinal = trials_.size() + transition.created.size() + 1;
      trial.assignments = suggestion.assignments;
      trial.parent = suggestion.parent;
      trial.labels = suggestion.labels;
      transition.created.push_back(trial);
    }
    ASSERT_TRUE(store_->Commit(transition).has_value());
    experiment_ = transition.experiment;
    trials_.insert(trials_.end(), transition.created.begin(), transition.created.end());
  }

  /// Moves trial `ordinal` to `state`; sets "accuracy" if there is a `value`.
  void Move(std::uint64_t ordinal, TrialState state, const std::string& value = "") {
    db::Transition transition = Begin();
    transition.updated = {trials_[ordinal - 1]};
    if (IsTerminal(state)) {
      ++transition.experiment.status.counts.succeeded;  // the state of the end does not matter
      transition.updated[0].started = Time(std::chrono::seconds(1));
      transition.updated[0].completed = Time(std::chrono::milliseconds(1001));
    }
    transition.updated[0].state = state;
    if (!value.empty()) {
      transition.updated[0].metrics = {{"accuracy", value, value, value}};
    }
    ASSERT_TRUE(store_->Commit(transition).has_value());
    experiment_ = transition.experiment;
    trials_[ordinal - 1] = transition.updated[0];
  }

  [[nodiscard]] std::uint64_t next_ordinal() const { return trials_.size() + 1; }
  [[nodiscard]] const std::vector<Trial>& trials() const { return trials_; }

 private:
  [[nodiscard]] db::Transition Begin() const {
    db::Transition transition;
    transition.epoch = epoch_;
    transition.experiment = experiment_;
    return transition;
  }

  inline static const SystemClock kClock;
  std::shared_ptr<db::Store> store_ = db::MakeMemoryStore(kClock);
  std::uint64_t epoch_ = store_->AcquireEpoch().value();
  Experiment experiment_;
  std::vector<Trial> trials_;
};

}  // namespace hone::suggestion
