// The entries of both catalogues, search algorithms and stopping rules, for printing and for
// programs. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "algorithms/algorithm.h"
#include "proto/convert/document.h"

namespace hone::controller {

/// An entry of one of the catalogues.
struct Catalogued {
  /// "search" or "stopping"
  std::string_view kind;
  std::string_view name;
  std::string_view summary;
  std::string_view citation;
  std::span<const algorithms::SettingSchema> settings;
  /// Set for search algorithms only.
  std::optional<bool> is_adaptive;
};

/// The entries of one kind, or all: first the search algorithms, then the stopping rules.
std::vector<Catalogued> AllCatalogued(const std::optional<std::string>& kind = std::nullopt);

/// "integer", "number", "boolean" or "choice"
std::string KindText(algorithms::SettingSchema::Kind kind);

proto::Json AlgorithmTree(const Catalogued& entry);

}  // namespace hone::controller
