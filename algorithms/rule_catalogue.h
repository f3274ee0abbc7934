// The catalogue of stopping rules, like algorithms/catalogue.h for search algorithms:
// algorithms/stopping holds one file per rule, named as the rule; the build lists the folder.
// Constant; any thread may read it.
#pragma once

#include <span>
#include <string_view>

#include "algorithms/stopping_rule.h"

namespace hone::algorithms {

/// All rules in alphabetical order.
std::span<const Rule* const> RuleCatalogue();

/// Nothing if no rule has that name.
const Rule* FindRule(std::string_view name);

/// Adds an error for every setting that is unknown, given twice, out of range, or in conflict with
/// the others. `field` is "spec.earlyStopping.algorithmSettings".
void CheckSettings(const Rule& rule,
                   std::span<const Setting> settings,
                   std::string_view field,
                   FieldErrors& errors);

/// The largest step or number of reports that a setting may name.
inline constexpr double kCountMax = 1e15;

}  // namespace hone::algorithms
