// Suggestion: one proposal of an algorithm. It is never stored before it is a Trial.
#pragma once

#include <vector>

#include "proto/model/trial.h"

namespace hone {

struct Suggestion {
  Assignments assignments;
  bool operator==(const Suggestion&) const = default;
};

/// What an algorithm answered, in the order of the trials that they are for. `space_ended` means
/// that there are no others.
struct SuggestionBatch {
  std::vector<Suggestion> suggestions;
  bool space_ended = false;
};

}  // namespace hone
