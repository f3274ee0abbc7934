// An algorithm of the catalogue as a tree, for programs. Pure.
#pragma once

#include <string>

#include "algorithms/algorithm.h"
#include "proto/convert/document.h"

namespace hone::controller {

/// "integer", "number", "boolean" or "choice"
std::string KindText(algorithms::SettingSchema::Kind kind);

proto::Json AlgorithmTree(const algorithms::Algorithm& algorithm);

}  // namespace hone::controller
