// Transition: what one pass over an experiment changes in the store, in one transaction. Store says
// what is checked when it is committed. Plain values: any thread may hold its own copy.
#pragma once

#include <cstdint>
#include <vector>

#include "proto/model/experiment.h"
#include "proto/model/observation.h"
#include "proto/model/trial.h"

namespace hone::db {

/// Observations of one attempt.
struct ObservationBatch {
  AttemptId attempt;
  std::vector<Observation> observations;
};

/// What one reconcile pass changes: all of it or nothing. The experiment's status is written only
/// if `experiment.version` is still the stored one. Every created trial gets version 1 and must
/// carry the next free ordinal; every updated trial must carry the stored version. Afterwards the
/// versions in `experiment`, `created` and `updated` are the new ones.
struct Transition {
  std::uint64_t epoch = 0;
  Experiment experiment;
  /// True if a condition of the experiment changed: then the conditions and the times of start and
  /// completion are written, and the experiment's row of the log carries the newest condition.
  bool experiment_changed_state = false;
  std::vector<Trial> created;
  std::vector<Trial> updated;
  std::vector<ObservationBatch> observations;
};

}  // namespace hone::db
