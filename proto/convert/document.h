// Document: a YAML or JSON text as a tree that keeps the position of each field. YAML is read by
// Kubernetes' rules (YAML 1.1 booleans and numbers as sigs.k8s.io/yaml does): duplicate keys are
// errors, merge keys are merged, the expansion of anchors is bounded, several documents are
// allowed. Plain values: threads may use different ones at the same time.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "proto/core/result.h"

namespace hone::proto {

using Json = nlohmann::json;

/// The position of a field in its text, from 1; 0 means unknown.
struct Position {
  int line = 0;
  int column = 0;
  bool operator==(const Position&) const = default;
};

/// Field path -> the spelling in the file of a plain scalar that is not a text, if writing its
/// value would spell it differently: "3.10", "010", "1e5", "True", "~".
using WrittenScalars = std::map<std::string, std::string>;

struct Document {
  Json value;
  /// Field path as in FieldError ("spec.parameters[0].name") -> where its key (or list item) is.
  std::map<std::string, Position> positions;
  WrittenScalars written;

  /// The position of `field`, or of its nearest ancestor that is in the text.
  [[nodiscard]] Position Find(std::string_view field) const;
};

struct ReadLimits {
  std::size_t max_bytes = std::size_t{4} * 1024 * 1024;
  int max_depth = 100;
  /// Nodes after the expansion of anchors.
  std::size_t max_nodes = 200'000;
};

/// Every document of a text. Errors (kInvalidArgument) begin with "line:column: ".
Result<std::vector<Document>> ReadYaml(std::string_view text, const ReadLimits& limits = {});

/// One JSON text, with a depth limit and duplicate keys refused.
Result<Json> ReadJson(std::string_view text, const ReadLimits& limits = {});

/// Block-style YAML; strings are quoted if a plain scalar would be read as something else. Keys are
/// in the order that people expect (apiVersion, kind, metadata, spec, status, name first, the
/// others alphabetically).
std::string WriteYaml(const Json& value);

/// Canonical JSON text: sorted keys, no blanks; invalid UTF-8 replaced; numbers exact.
std::string WriteJson(const Json& value);
std::string WritePrettyJson(const Json& value);

}  // namespace hone::proto
