// Experiments, trials and observations with defaults, for the tests of stores.
#pragma once

#include <string>

#include "db/store/store.h"
#include "proto/model/experiment.h"

namespace hone::db {

inline Time At(std::int64_t seconds) {
  return Time(std::chrono::seconds(1'700'000'000 + seconds));
}

inline Experiment AnExperiment(const std::string& name = "tune") {
  Experiment experiment;
  experiment.key = {"default", name};
  experiment.uid = "uid-" + name;
  experiment.labels = {{"team", "vision"}};
  experiment.created = At(0);
  experiment.spec.parameters = {
      {"lr", ParameterType::kDouble, {"0.010", "0.1", "", {}, Distribution::kLogUniform}},
      {"act", ParameterType::kCategorical, {"", "", "", {"relu", "tanh"}, Distribution::kUnset}}};
  experiment.spec.max_trial_count = 10;
  experiment.status.SetCondition({ConditionType::kCreated, true, "Created", "made", At(0), At(0)});
  return experiment;
}

inline Trial ATrial(const Experiment& experiment, std::uint64_t ordinal) {
  Trial trial;
  trial.experiment = experiment.key;
  trial.ordinal = ordinal;
  trial.assignments = {{"lr", "0.010"}, {"act", "relu"}};
  trial.parent = ordinal > 1 ? ordinal - 1 : 0;
  trial.labels = {{"hone.dev/origin", "model"}};
  trial.created = At(1);
  return trial;
}

inline Trial Moved(Trial trial, TrialState state) {
  trial.state = state;
  return trial;
}

inline Observation AnObservation(std::uint64_t sequence, std::string value = "0.5") {
  return {sequence, "accuracy", static_cast<std::int64_t>(sequence), std::move(value), At(2)};
}

}  // namespace hone::db
