#include "tests/tidy/algorithms_page.h"

#include <span>

#include "algorithms/catalogue.h"
#include "algorithms/rule_catalogue.h"

namespace hone::tidy {
namespace {

using algorithms::Algorithm;
using algorithms::Rule;
using algorithms::SettingSchema;

void AppendHeading(std::string_view name,
                   std::string_view summary,
                   std::string_view citation,
                   std::string& page) {
  page.append("\n## ").append(name).append("\n\n").append(summary).append(".\n");
  if (!citation.empty()) {
    page.append("\nAfter: ").append(citation).append(".\n");
  }
}

std::string RenderSettings(std::span<const SettingSchema> settings) {
  if (settings.empty()) {
    return "It has no settings.\n";
  }
  std::string text = "| setting | must be | default | |\n|---|---|---|---|\n";
  for (const SettingSchema& setting : settings) {
    const std::string fallback(setting.default_text.empty() ? "" : setting.default_text);
    text.append("| `").append(setting.name).append("` | ").append(algorithms::RangeOf(setting));
    text.append(" | ").append(fallback.empty() ? "" : "`" + fallback + "`");
    text.append(" | ").append(setting.summary).append(" |\n");
  }
  return text;
}

}  // namespace

std::string RenderAlgorithmsPage() {
  std::string page =
      "# Algorithms\n\n"
      "Printed from the catalogue; do not edit. `HONE_UPDATE_DOCS=1 build/dev/test_tidy` writes it "
      "anew.\n\n"
      "```yaml\n"
      "algorithm:\n"
      "  algorithmName: random\n"
      "  algorithmSettings:\n"
      "    - name: random_state\n"
      "      value: \"7\"\n"
      "```\n";
  for (const Algorithm* algorithm : algorithms::Catalogue()) {
    AppendHeading(algorithm->name, algorithm->summary, algorithm->citation, page);
    page.append(algorithm->is_adaptive ? "\nIts points depend on earlier results.\n\n"
                                       : "\nIts points do not depend on earlier results.\n\n");
    page.append(RenderSettings(algorithm->settings));
  }
  return page;
}

std::string RenderRulesPage() {
  std::string page =
      "# Early-stopping rules\n\n"
      "Printed from the catalogue; do not edit. `HONE_UPDATE_DOCS=1 build/dev/test_tidy` writes it "
      "anew. What they are for: [early stopping](../guide/early-stopping.md).\n\n"
      "```yaml\n"
      "earlyStopping:\n"
      "  algorithmName: medianstop\n"
      "  algorithmSettings:\n"
      "    - name: min_trials_required\n"
      "      value: \"5\"\n"
      "```\n";
  for (const Rule* rule : algorithms::RuleCatalogue()) {
    AppendHeading(rule->name, rule->summary, rule->citation, page);
    page.append("\n").append(RenderSettings(rule->settings));
  }
  return page;
}

}  // namespace hone::tidy
