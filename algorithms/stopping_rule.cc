#include "algorithms/stopping_rule.h"

#include "proto/model/observation.h"

namespace hone::algorithms {

std::optional<double> NumberOf(std::span<const SettingSchema> schemas,
                               std::span<const Setting> settings,
                               std::string_view name) {
  for (const Setting& setting : settings) {
    if (setting.name == name) {
      return ParseNumber(setting.value);
    }
  }
  for (const SettingSchema& schema : schemas) {
    if (schema.name == name) {
      return ParseNumber(schema.default_text);
    }
  }
  return std::nullopt;
}

}  // namespace hone::algorithms
