// What a service says of settings that are wrong: in Katib's words where its clients compare them,
// else in ours. Pure.
#pragma once

#include "proto/core/result.h"
#include "proto/model/algorithm_spec.h"

namespace hone {
struct Experiment;
}

namespace hone::suggestion {

/// kInvalidArgument with the first thing that is wrong with the algorithm or its settings, or with
/// all that is wrong with the parameters. An experiment without parameters is one whose settings
/// are asked about.
Status ValidateSearch(const Experiment& experiment);

/// The same, and what Katib refuses when an experiment is created: cmaes for less than two numbers,
/// a grid with fewer points than trials.
Status ValidateSettings(const Experiment& experiment);

/// The same for a stopping rule. Katib's rules are bars that are fixed when a trial begins, and
/// only medianstop can be told as one.
Status ValidateStopping(const AlgorithmSpec& rule);

/// An experiment as the catalogue wants it. Katib's hyperband, when it is asked for suggestions,
/// does not insist on a parameter for the resource, which ValidateSettings does: one is added, from
/// 1 to r_l.
void AddResource(Experiment& experiment);

}  // namespace hone::suggestion
