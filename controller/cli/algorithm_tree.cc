#include "controller/cli/algorithm_tree.h"

#include <utility>

namespace hone::controller {

std::string KindText(algorithms::SettingSchema::Kind kind) {
  switch (kind) {
    case algorithms::SettingSchema::Kind::kInt:
      return "integer";
    case algorithms::SettingSchema::Kind::kFloat:
      return "number";
    case algorithms::SettingSchema::Kind::kBool:
      return "boolean";
    case algorithms::SettingSchema::Kind::kChoice:
      return "choice";
    case algorithms::SettingSchema::Kind::kText:
      return "text";
  }
  return "";
}

proto::Json AlgorithmTree(const algorithms::Algorithm& algorithm) {
  proto::Json settings = proto::Json::array();
  for (const algorithms::SettingSchema& setting : algorithm.settings) {
    settings.push_back({{"name", setting.name},
                        {"type", KindText(setting.kind)},
                        {"range", setting.range},
                        {"default", setting.default_text},
                        {"summary", setting.summary}});
  }
  return {{"name", algorithm.name},
          {"summary", algorithm.summary},
          {"citation", algorithm.citation},
          {"adaptive", algorithm.is_adaptive},
          {"settings", std::move(settings)}};
}

}  // namespace hone::controller
