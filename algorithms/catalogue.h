// The catalogue: every search algorithm that Hone has, by name. algorithms/search holds one file
// per algorithm, named as the algorithm; the build lists the folder, so adding the file is enough.
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

/// Nothing if no algorithm has that name.
const Algorithm* Find(std::string_view name);

/// Adds an error for every setting that is unknown, given twice or out of range (a warning for an
/// unknown one that is passed on). `field` is "spec.algorithm.algorithmSettings".
void CheckSettings(const Algorithm& algorithm,
                   std::span<const Setting> settings,
                   std::string_view field,
                   FieldErrors& errors);
/// The same for any owner of settings; `owner` is for instance "algorithm random".
void CheckSettings(std::string_view owner,
                   std::span<const SettingSchema> schemas,
                   std::span<const Setting> settings,
                   std::string_view field,
                   FieldErrors& errors);

/// The legal values of a setting, with its maximum: "an integer > 0, at most 9".
std::string RangeOf(const SettingSchema& schema);

/// The problem that an experiment with checked settings poses to its algorithm. `space` is made of
/// its parameters. The seed is `default_seed` unless the settings have a random_state; counts that
/// are not positive are treated as absent.
Problem MakeProblem(const ExperimentSpec& spec,
                    const SearchSpace& space,
                    std::uint64_t default_seed);
/// The same from the spec alone, with its parameters or its nasConfig. Adds an error for every
/// reason why `algorithm` cannot search it, and then returns nothing.
std::optional<Problem> ReadProblem(const ExperimentSpec& spec,
                                   const Algorithm& algorithm,
                                   std::uint64_t default_seed,
                                   FieldErrors& errors);

/// The names of the assignments that the trials of an experiment receive: its parameters, or the
/// algorithm's names for an architecture. Empty if they are not known.
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
/// The number of a checked setting; `fallback` if the setting is absent.
double NumberOf(std::span<const Setting> settings, std::string_view name, double fallback);
/// The same; the schema's default if the setting is absent.
double NumberOf(std::span<const Setting> settings, const SettingSchema& schema);

/// The value of random_state in checked settings, if present.
std::optional<std::uint64_t> RandomState(std::span<const Setting> settings);

}  // namespace hone::algorithms
