// Which of an experiment's counts a trial is counted in. Pure.
#pragma once

#include "proto/model/trial.h"
#include "proto/model/trial_counts.h"

namespace hone::controller {

/// A trial counted as `from` is from now on counted as `to`.
void CountMove(TrialCounts& counts, TrialState from, TrialState to);

}  // namespace hone::controller
