#include "tests/tidy/algorithms_page.h"

#include "algorithms/catalogue.h"

namespace hone::tidy {
namespace {

using algorithms::Algorithm;
using algorithms::SettingSchema;

std::string RenderSettings(const Algorithm& algorithm) {
  if (algorithm.settings.empty()) {
    return "It has no settings.\n";
  }
  std::string text = "| setting | must be | default | |\n|---|---|---|---|\n";
  for (const SettingSchema& setting : algorithm.settings) {
    const std::string fallback(setting.default_text.empty() ? "" : setting.default_text);
    text.append("| `").append(setting.name).append("` | ").append(setting.range);
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
    page.append("\n## ").append(algorithm->name).append("\n\n");
    page.append(algorithm->summary).append(".\n");
    if (!algorithm->citation.empty()) {
      page.append("\nAfter: ").append(algorithm->citation).append(".\n");
    }
    page.append(algorithm->is_adaptive ? "\nIts points depend on earlier results.\n\n"
                                       : "\nIts points do not depend on earlier results.\n\n");
    page.append(RenderSettings(*algorithm));
  }
  return page;
}

}  // namespace hone::tidy
