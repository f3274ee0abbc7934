// What there is in a store and what is wrong with it, whichever kind it is. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hone::db {

/// How much there is.
struct StoreContents {
  std::int64_t experiments = 0;
  std::int64_t trials = 0;
};

struct StoreExamination {
  StoreContents contents;
  /// What is wrong, a sentence each; none if the store is sound.
  std::vector<std::string> faults;
};

}  // namespace hone::db
