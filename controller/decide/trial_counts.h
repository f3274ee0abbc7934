// The count of an experiment's status that a trial adds to. Pure.
#pragma once

#include "proto/model/trial.h"
#include "proto/model/trial_counts.h"

namespace hone::controller {

/// Moves one trial from the count of state `from` to that of state `to`.
void CountMove(TrialCounts& counts, TrialState from, TrialState to);

}  // namespace hone::controller
