// Suggestion: one proposal of an algorithm. It is never stored before it is a Trial.
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
  /// Why it was suggested: Trial::labels.
  std::map<std::string, std::string> labels;
  bool operator==(const Suggestion&) const = default;
};

/// What an algorithm answered, in the order of the trials that they are for. `space_ended` means
/// that there are no others. Without it, fewer than asked for mean that more follow once a trial
/// that runs has ended. `is_pending`: what is missing is still to be answered; who got nothing at
/// all is woken when there is an answer, and asks again. `ask_early`: answers take a while, so that
/// many should be asked for before a slot is free. `remembers`: whoever suggests remembers them,
/// and may be asked for those that come next before they have become trials.
struct SuggestionBatch {
  std::vector<Suggestion> suggestions;
  bool space_ended = false;
  bool is_pending = false;
  std::size_t ask_early = 0;
  bool remembers = false;
};

}  // namespace hone
