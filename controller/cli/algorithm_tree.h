// What the catalogues hold, for people and programs: search algorithms and stopping rules alike.
// Pure.
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
  /// Only of search algorithms.
  std::optional<bool> is_adaptive;
};

/// Those of one kind, or all: first how to search, then how to stop.
std::vector<Catalogued> AllCatalogued(const std::optional<std::string>& kind = std::nullopt);

/// "integer", "number", "boolean" or "choice"
std::string KindText(algorithms::SettingSchema::Kind kind);

proto::Json AlgorithmTree(const Catalogued& entry);

}  // namespace hone::controller
