// A search algorithm around an NLopt method. NLopt wants to call the objective function, but here
// there is only a history of trials. So for every suggestion the run is repeated from its start,
// and answered from the history until it asks for a point that no trial has: that is the
// suggestion.
//
// Runs follow each other, so that a method which has converged continues elsewhere and no run gets
// long: see Settle. When more points are wanted than the method has asked for, trials without a
// result are assumed bad for now and the method is asked again; random points are mixed with those
// that follow from such a guess. All of it is a function of the set of observed trials. Belongs to
// one search; not thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "algorithms/algorithm.h"
#include "algorithms/catalogue.h"
#include "algorithms/numerics/nlopt_run.h"

namespace hone::algorithms {

/// A run asks for at most this many values, then the next one begins. An answer repeats a run,
/// which costs BOBYQA half a second for the longest run over the most parameters.
inline constexpr std::size_t kRunLengthMax = 1'000;
inline constexpr std::size_t kReplayedParametersMax = 50;

/// `initial_step` is a share of the range, in (0, 0.5].
std::unique_ptr<SearchAlgorithm> MakeReplayedSearch(NloptMethod method,
                                                    const Problem& problem,
                                                    double initial_step);

/// Refuses categorical parameters (they have no order), conditional parameters, and too many
/// parameters.
void CheckReplayed(std::string_view name,
                   std::span<const Parameter> parameters,
                   FieldErrors& errors);

/// The settings of the local methods.
inline constexpr SettingSchema kInitialStep = {
    .name = "initial_step",
    .kind = SettingSchema::Kind::kFloat,
    .default_text = "0.25",
    .range = "a number in (0, 0.5]",
    .summary = "how far the first steps of the search go, as a share of each parameter's range",
    .min = 0,
    .max = 0.5,
    .min_open = true,
};
inline constexpr SettingSchema kRestartState = {
    .name = "random_state",
    .kind = SettingSchema::Kind::kInt,
    .range = kRandomState.range,
    .summary =
        "seed of the points where the search begins again, and of those beside it; by "
        "default it follows from the experiment's uid",
    .min = kRandomState.min,
    .max = kRandomState.max,
};

}  // namespace hone::algorithms
