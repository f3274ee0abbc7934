// Experiment: what is wanted (spec) and how far it has come (status). Kind `Experiment` of
// kubeflow.org/v1beta1, field for field; what Hone adds is marked [hone]. A plain value without
// invariants of its own: any thread may hold its own copy. An Experiment never holds its trials.
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
  /// Every stored change, counted from 1: the guard of optimistic updates.
  std::int64_t version = 0;
  ExperimentSpec spec;
  ExperimentStatus status;
  bool operator==(const Experiment&) const = default;

  /// [hone] Without a template: its clients ask for trials and tell what became of them.
  [[nodiscard]] bool IsStudy() const { return !spec.trial_template; }
};

}  // namespace hone
