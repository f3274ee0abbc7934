#include "controller/cli/algorithm_tree.h"

#include <utility>

#include "algorithms/catalogue.h"
#include "algorithms/rule_catalogue.h"

namespace hone::controller {

std::vector<Catalogued> AllCatalogued(const std::optional<std::string>& kind) {
  std::vector<Catalogued> all;
  if (!kind || *kind == "search") {
    for (const algorithms::Algorithm* known : algorithms::Catalogue()) {
      all.push_back({"search",
                     known->name,
                     known->summary,
                     known->citation,
                     known->settings,
                     known->is_adaptive});
    }
  }
  if (!kind || *kind == "stopping") {
    for (const algorithms::Rule* known : algorithms::RuleCatalogue()) {
      all.push_back(
          {"stopping", known->name, known->summary, known->citation, known->settings, {}});
    }
  }
  return all;
}

std::string KindText(algorithms::SettingSchema::Kind kind) {
  switch (kind) {
    case algorithms::SettingSchema::Kind::kInt:
      return "integer";
    case algorithms::SettingSchema::Kind::kFloat:
      return "number";
    case algorithms::SettingSchema::Kind::kChoice:
      return "choice";
    case algorithms::SettingSchema::Kind::kText:
      return "text";
  }
  return "";
}

proto::Json AlgorithmTree(const Catalogued& entry) {
  proto::Json settings = proto::Json::array();
  for (const algorithms::SettingSchema& setting : entry.settings) {
    settings.push_back({{"name", setting.name},
                        {"type", KindText(setting.kind)},
                        {"range", setting.range},
                        {"default", setting.default_text},
                        {"summary", setting.summary}});
  }
  proto::Json tree = {{"name", entry.name},
                      {"kind", entry.kind},
                      {"summary", entry.summary},
                      {"citation", entry.citation},
                      {"settings", std::move(settings)}};
  if (entry.is_adaptive) {
    tree["adaptive"] = *entry.is_adaptive;
  }
  return tree;
}

}  // namespace hone::controller
