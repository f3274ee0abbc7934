// The catalogue of stopping rules, as algorithms/catalogue.h is that of search algorithms:
// algorithms/stopping holds one file a rule, named as the rule; the build lists the folder.
// Constant; any thread may read it.
#pragma once

#include <span>
#include <string_view>

#include "algorithms/stopping_rule.h"

namespace hone::algorithms {

/// All rules in alphabetical order.
std::span<const Rule* const> RuleCatalogue();

/// Nothing if there is none of that name.
const Rule* FindRule(std::string_view name);

/// Adds an error for every setting that is unknown, given twice or out of range, or does not go
/// with the others. `field` is "spec.earlyStopping.algorithmSettings".
void CheckSettings(const Rule& rule,
                   std::span<const Setting> settings,
                   std::string_view field,
                   FieldErrors& errors);

}  // namespace hone::algorithms
