#include "algorithms/rule_catalogue.h"

#include <string>

#include "algorithms/settings.h"

namespace hone::algorithms {

#define HONE_RULE(name) extern const Rule k_##name;
#include "algorithms/rule_catalogue.inc"
#undef HONE_RULE

namespace {

constexpr const Rule* kRules[] = {
#define HONE_RULE(name) &k_##name,
#include "algorithms/rule_catalogue.inc"
#undef HONE_RULE
};

}  // namespace

std::span<const Rule* const> RuleCatalogue() {
  return kRules;
}

const Rule* FindRule(std::string_view name) {
  for (const Rule* rule : RuleCatalogue()) {
    if (rule->name == name) {
      return rule;
    }
  }
  return nullptr;
}

void CheckSettings(const Rule& rule,
                   std::span<const Setting> settings,
                   std::string_view field,
                   FieldErrors& errors) {
  const std::size_t before = errors.size();
  CheckSettings("rule " + std::string(rule.name), rule.settings, settings, field, errors);
  if (errors.size() == before) {
    rule.check(settings, field, errors);
  }
}

}  // namespace hone::algorithms
