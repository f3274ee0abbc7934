// The errors of a service about wrong settings: in Katib's words where its clients compare them,
// else in Hone's. Pure.
#pragma once

#include "proto/core/result.h"
#include "proto/model/algorithm_spec.h"

namespace hone {
struct Experiment;
}

namespace hone::suggestion {

/// Error: kInvalidArgument, with the first fault of the algorithm or its settings, or with all
/// faults of the parameters. If the experiment has no parameters, only its settings are checked.
Status ValidateSearch(const Experiment& experiment);

/// The same, plus the checks that Katib makes when an experiment is created: cmaes needs two
/// numbers, and a grid at least as many points as trials.
Status ValidateSettings(const Experiment& experiment);

/// The same for a stopping rule. Katib's rules are bars that are fixed before a trial begins, and
/// of Hone's rules only medianstop can be expressed as one.
Status ValidateStopping(const AlgorithmSpec& rule);

/// Adapts an experiment to the catalogue. When Katib's hyperband is asked for suggestions, it does
/// not insist on a parameter for the resource, as ValidateSettings does: one is added, from 1 to
/// r_l.
void AddResource(Experiment& experiment);

}  // namespace hone::suggestion
