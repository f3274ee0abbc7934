// Pages of docs/reference that are printed from the catalogues. Pure.
#pragma once

#include <string>

namespace hone::tidy {

/// docs/reference/algorithms.md
std::string RenderAlgorithmsPage();
/// docs/reference/early-stopping.md
std::string RenderRulesPage();

}  // namespace hone::tidy
