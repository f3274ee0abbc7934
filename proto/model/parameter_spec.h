// ParameterSpec: one parameter of the search space as a user wrote it. It may be wrong: SearchSpace
// reads and checks it. A plain value: any thread may hold its own copy.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

enum class ParameterType { kUnset, kDouble, kInt, kDiscrete, kCategorical, kUnknown };
enum class Distribution { kUnset, kUniform, kLogUniform, kNormal, kLogNormal, kUnknown };

/// Bounds are text, as in Katib: "0.01" keeps its digits. SearchSpace::Make reads them.
struct FeasibleSpace {
  std::string min;
  std::string max;
  std::string step;
  std::vector<std::string> list;
  Distribution distribution = Distribution::kUnset;
  bool operator==(const FeasibleSpace&) const = default;
};

/// [hone] A parameter is active only in trials in which another parameter has one of these values.
struct ActiveWhen {
  std::string parent;
  std::vector<std::string> values;
  bool operator==(const ActiveWhen&) const = default;
};

struct ParameterSpec {
  std::string name;
  ParameterType type = ParameterType::kUnset;
  FeasibleSpace feasible_space;
  std::optional<ActiveWhen> active_when;
  bool operator==(const ParameterSpec&) const = default;
};

std::string_view ToText(ParameterType value);
std::string_view ToText(Distribution value);

}  // namespace hone
