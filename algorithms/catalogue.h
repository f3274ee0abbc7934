// The catalogue: every search algorithm that Hone has, by name. algorithms/search holds one file an
// algorithm, named as the algorithm; the build lists the folder, so that adding the file is all.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "algorithms/algorithm.h"
#include "proto/model/experiment.h"

namespace hone::algorithms {

/// All algorithms in alphabetical order.
std::span<const Algorithm* const> Catalogue();

/// The algorithm of an experiment that names none.
inline constexpr std::string_view kDefaultAlgorithm = "auto";

/// Nothing if there is none of that name.
const Algorithm* Find(std::string_view name);

/// Adds an error for every setting that is unknown, given twice or out of range (a warning for an
/// unknown one that is handed on). `field` is "spec.algorithm.algorithmSettings".
void CheckSettings(const Algorithm& algorithm,
                   std::span<const Setting> settings,
                   std::string_view field,
                   FieldErrors& errors);

/// What an experiment with checked settings asks of its algorithm. `space` is made of its
/// parameters. The seed is `default_seed` unless the settings have a random_state; counts that are
/// not positive are as good as absent.
Problem MakeProblem(const ExperimentSpec& spec,
                    const SearchSpace& space,
                    std::uint64_t default_seed);
/// The same from the spec alone, with its parameters or its nasConfig. Adds every reason why
/// `algorithm` cannot be asked; nothing if there is one.
std::optional<Problem> ReadProblem(const ExperimentSpec& spec,
                                   const Algorithm& algorithm,
                                   std::uint64_t default_seed,
                                   FieldErrors& errors);

/// The names of what the trials of an experiment are told: its parameters, or what its algorithm
/// says of an architecture. Empty if that is not known.
std::vector<std::string> AssignmentNames(const ExperimentSpec& spec);

}  // namespace hone::algorithms
