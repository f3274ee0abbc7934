// ExperimentKey: identifies an experiment. A plain value: any thread may hold its own copy.
#pragma once

#include <string>

namespace hone {

/// The namespace and the name.
struct ExperimentKey {
  std::string ns = "default";
  std::string name;
  auto operator<=>(const ExperimentKey&) const = default;
  /// "namespace/name"
  [[nodiscard]] std::string ToString() const { return ns + "/" + name; }
};

}  // namespace hone
