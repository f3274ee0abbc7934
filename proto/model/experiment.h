// Experiment: the user's specification (spec) and the state of its execution (status). Kind
// `Experiment` of kubeflow.org/v1beta1, field for field; Hone's own fields are marked [hone]. A
// plain value without invariants of its own: the spec of a user may be wrong, and
// controller/admission finds the faults. An Experiment never contains its trials.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "proto/core/time.h"
#include "proto/model/experiment_key.h"
#include "proto/model/experiment_spec.h"
#include "proto/model/experiment_status.h"

namespace hone {

struct Experiment {
  ExperimentKey key;
  std::string uid;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  Time created;
  /// Changes of spec, counted from 1.
  std::int64_t generation = 1;
  /// The number of stored changes, from 1; compared in optimistic updates.
  std::int64_t version = 0;
  ExperimentSpec spec;
  ExperimentStatus status;
  bool operator==(const Experiment&) const = default;

  /// [hone] True for an experiment without a template: its clients ask for trials and tell their
  /// results.
  [[nodiscard]] bool IsStudy() const { return !spec.trial_template; }
};

}  // namespace hone
