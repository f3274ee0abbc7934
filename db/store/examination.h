// The contents of a store and its faults, for any kind of store. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hone::db {

/// Numbers of experiments and trials.
struct StoreContents {
  std::int64_t experiments = 0;
  std::int64_t trials = 0;
};

struct StoreExamination {
  StoreContents contents;
  /// The faults, a sentence each; empty if the store is sound.
  std::vector<std::string> faults;
};

}  // namespace hone::db
