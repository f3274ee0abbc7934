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
#include "proto/model/algorithm_spec.h"
#include "proto/model/field_error.h"
#include "proto/model/search_space.h"

namespace hone {
struct ExperimentSpec;
}

namespace hone::algorithms {

/// All algorithms in alphabetical order.
std::span<const Algorithm* const> Catalogue();

/// Nothing if there is none of that name.
const Algorithm* Find(std::string_view name);

/// Adds an error for every setting that is unknown, given twice or out of range (a warning for an
/// unknown one that is handed on). `field` is "spec.algorithm.algorithmSettings".
void CheckSettings(const Algorithm& algorithm,
                   std::span<const Setting> settings,
                   std::string_view field,
                   FieldErrors& errors);
/// The same for whatever has settings; `owner` is "algorithm random".
void CheckSettings(std::string_view owner,
                   std::span<const SettingSchema> schemas,
                   std::span<const Setting> settings,
                   std::string_view field,
                   FieldErrors& errors);

/// What a setting must be, with the largest number that it may be: "an integer > 0, at most 9".
std::string RangeOf(const SettingSchema& schema);

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

/// The setting that every seeded algorithm has. Without it the seed comes from the experiment.
inline constexpr double kRandomStateMax = 0x1p63 - 1024;
inline constexpr SettingSchema kRandomState = {
    .name = "random_state",
    .kind = SettingSchema::Kind::kInt,
    .range = "an integer >= 0",
    .summary = "seed of the random numbers; by default it follows from the experiment's uid",
    .min = 0,
    .max = kRandomStateMax,
};

/// The text of a setting; null if it is not there.
const std::string* FindSetting(std::span<const Setting> settings, std::string_view name);
/// The number that a checked setting has; `fallback` if it is not there.
double NumberOf(std::span<const Setting> settings, std::string_view name, double fallback);
/// The same; if it is not there, its default.
double NumberOf(std::span<const Setting> settings, const SettingSchema& schema);

/// The value of random_state in checked settings, if it is there.
std::optional<std::uint64_t> RandomState(std::span<const Setting> settings);

}  // namespace hone::algorithms
