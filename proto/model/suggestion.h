// Suggestion: one proposal of an algorithm. It is stored only as a Trial. A plain value; any thread
// may hold its own copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "proto/model/trial.h"

namespace hone {

struct Suggestion {
  Assignments assignments;
  /// The trial whose checkpoint this one goes on from; 0 if it starts anew.
  std::uint64_t parent = 0;
  /// The reason for the suggestion: becomes Trial::labels.
  std::map<std::string, std::string> labels;
  bool operator==(const Suggestion&) const = default;
};

/// An algorithm's answer, in the order of the trials that the suggestions are for. `space_ended`
/// means that there are no others. Without it, fewer suggestions than asked for mean that more
/// follow once a running trial has ended. `is_pending`: the missing suggestions are still being
/// computed; a caller that got none at all is woken when they are ready, and asks again.
/// `ask_early`: answers take long, so this many should be asked for before a slot is free.
/// `remembers`: the suggester remembers these suggestions, and can be asked for the next ones
/// before they have become trials.
struct SuggestionBatch {
  std::vector<Suggestion> suggestions;
  bool space_ended = false;
  bool is_pending = false;
  std::size_t ask_early = 0;
  bool remembers = false;
};

}  // namespace hone
