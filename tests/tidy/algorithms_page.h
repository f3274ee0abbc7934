// docs/reference/algorithms.md, printed from the catalogue. Pure.
#pragma once

#include <string>

namespace hone::tidy {

std::string RenderAlgorithmsPage();

}  // namespace hone::tidy
