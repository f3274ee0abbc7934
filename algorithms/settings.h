// Settings: the settings that a user may give to a search algorithm or a stopping rule. Each
// algorithm and each rule declares its settings once, as schemas: they check the user's settings,
// print the reference, and hold the defaults that the algorithm runs with. No other code has a
// default. Pure; any thread may call it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "proto/model/algorithm_spec.h"
#include "proto/model/field_error.h"

namespace hone::algorithms {

/// One setting that an algorithm understands.
struct SettingSchema {
  enum class Kind { kInt, kFloat, kChoice, kText };
  std::string_view name = {};
  Kind kind = Kind::kFloat;
  /// Empty: without the setting the algorithm does what the summary says.
  std::string_view default_text = {};
  /// The range in words that follow "must be": "an integer >= 0".
  std::string_view range = {};
  std::string_view summary = {};
  /// Bounds of kInt and kFloat; each may be open.
  double min = -1e308;
  double max = 1e308;
  bool min_open = false;
  bool max_open = false;
  /// Words of kChoice, separated by '|'.
  std::string_view choices = {};
  /// True if "None" is legal too, as it is for some of Katib's numbers.
  bool may_be_none = false;
};

/// The legal values of a setting, with its maximum: "an integer > 0, at most 9".
std::string RangeOf(const SettingSchema& schema);

/// Adds an error for every setting that is unknown, given twice or out of range. `owner` is for
/// instance "algorithm random", `field` is for instance "spec.algorithm.algorithmSettings".
void CheckSettings(std::string_view owner,
                   std::span<const SettingSchema> schemas,
                   std::span<const Setting> settings,
                   std::string_view field,
                   FieldErrors& errors);

/// The text of a setting; null if the setting is absent.
const std::string* FindSetting(std::span<const Setting> settings, std::string_view name);

/// Checked settings as an algorithm reads them: an absent setting has the default of its schema.
/// Views of both lists, which must outlive it.
class SettingValues {
 public:
  SettingValues(std::span<const SettingSchema> schemas, std::span<const Setting> given)
      : schemas_(schemas), given_(given) {}

  /// Empty if the setting is absent and has no default.
  [[nodiscard]] std::string_view Text(std::string_view name) const;
  /// Nothing if the setting is "None", or is absent and has no default.
  [[nodiscard]] std::optional<double> NumberIfAny(std::string_view name) const;
  /// The same for a setting that is always a number, and for one that is always a count.
  [[nodiscard]] double Number(std::string_view name) const;
  [[nodiscard]] std::size_t Count(std::string_view name) const;

 private:
  std::span<const SettingSchema> schemas_;
  std::span<const Setting> given_;
};

/// The setting that every seeded algorithm has. Without it the seed comes from the experiment.
inline constexpr double kRandomStateMax = 0x1p63 - 1024;
constexpr SettingSchema RandomStateSetting(std::string_view summary) {
  return {.name = "random_state",
          .kind = SettingSchema::Kind::kInt,
          .range = "an integer >= 0",
          .summary = summary,
          .min = 0,
          .max = kRandomStateMax};
}
inline constexpr SettingSchema kRandomState = RandomStateSetting(
    "seed of the random numbers; by default it follows from the experiment's uid");

/// The value of random_state in checked settings, if present.
std::optional<std::uint64_t> RandomState(std::span<const Setting> settings);

}  // namespace hone::algorithms
