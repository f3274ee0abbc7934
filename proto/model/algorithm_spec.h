// AlgorithmSpec: an algorithm as a user wrote it, its settings as text. algorithms/catalogue.h
// checks them. A plain value: any thread may hold its own copy.
#pragma once

#include <string>
#include <vector>

namespace hone {

struct Setting {
  std::string name;
  std::string value;
  bool operator==(const Setting&) const = default;
};

/// A search algorithm or an early-stopping rule, by its name in the catalogue.
struct AlgorithmSpec {
  std::string name;
  std::vector<Setting> settings;
  bool operator==(const AlgorithmSpec&) const = default;
};

}  // namespace hone
