// ResourceLadder: how much of a resource (epochs, rows, seconds) the trials of a multi-fidelity
// search get. The resource is a parameter of the search space; its levels decrease from a maximum
// by a constant factor, each rounded to a legal value of the parameter. Immutable; any thread may
// use it.
//
// Katib ignores the range of that parameter, and its examples fix it to one value. Here such a
// range means that the parameter is not searched; OpenResource widens it to hold the levels.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "algorithms/algorithm.h"

namespace hone::algorithms {

/// The settings of a ladder, for the schemas of the algorithms that have one.
inline constexpr SettingSchema kResourceName = {
    .name = "resource_name",
    .kind = SettingSchema::Kind::kText,
    .range = "the name of an int or double parameter",
    .summary =
        "the parameter that sets how much of the resource a trial gets: epochs, rows, seconds; "
        "required",
};
inline constexpr SettingSchema kMaximumResource = {
    .name = "r_l",
    .kind = SettingSchema::Kind::kFloat,
    .range = "a number > 0",
    .summary =
        "the maximum of the resource; by default the max of that parameter; it must be in its "
        "range, unless that is a single value",
    .min = 0,
    .min_open = true,
};
inline constexpr SettingSchema kMinimumResource = {
    .name = "r_min",
    .kind = SettingSchema::Kind::kFloat,
    .range = "a number > 0",
    .summary =
        "the minimum of the resource; by default the min of that parameter, or 1 if that is not "
        "positive",
    .min = 0,
    .min_open = true,
};
inline constexpr SettingSchema kEta = {
    .name = "eta",
    .kind = SettingSchema::Kind::kFloat,
    .default_text = "3",
    .range = "a number > 1",
    .summary = "one trial in eta goes on, with eta times as much of the resource",
    .min = 1,
    .max = 1e6,
    .min_open = true,
};

/// The setting in which Katib's hyperband stores its state in the experiment. Hone derives the
/// state from the trials: these settings are accepted, and this one shows that Katib created the
/// trials.
inline constexpr std::string_view kKatibState = "current_s";
constexpr SettingSchema KatibStateSetting(std::string_view name) {
  return {.name = name,
          .kind = SettingSchema::Kind::kFloat,
          .range = "a number",
          .summary =
              "state that Katib's hyperband stores; a search that Katib began continues from its "
              "trials"};
}

class ResourceLadder {
 public:
  static constexpr std::size_t kLevelsMin = 2;
  static constexpr std::size_t kLevelsMax = 40;

  /// Reads checked settings. Adds an error for everything that is wrong, and then returns nothing.
  static std::optional<ResourceLadder> Make(const Problem& problem, FieldErrors& errors);

  [[nodiscard]] double eta() const { return eta_; }
  /// The resource's index in the search space.
  [[nodiscard]] std::size_t parameter() const { return parameter_; }
  /// The amount of each level, ascending.
  [[nodiscard]] const std::vector<double>& levels() const { return levels_; }
  /// Drops the lowest levels; at least one level remains.
  void DropLevels(std::size_t count) {
    levels_.erase(levels_.begin(), levels_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  /// The level of a point; nothing if its resource is not one of them.
  [[nodiscard]] std::optional<std::size_t> LevelOf(const Point& point) const;

 private:
  ResourceLadder() = default;

  std::size_t parameter_ = 0;
  double eta_ = 0;
  std::vector<double> levels_;
};

/// The space in which an algorithm with these checked settings searches and its trials lie: `space`
/// itself, unless the resource has a single value. Then the resource ranges up to r_l, if r_l is
/// given.
SearchSpace OpenResource(const SearchSpace& space, std::span<const Setting> settings);

/// Algorithm::check of every algorithm that has a ladder.
void CheckLadder(const Problem& problem, FieldErrors& errors);

}  // namespace hone::algorithms
