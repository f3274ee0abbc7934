// AlikeFailures: the trials that have ended since this process took an experiment up, as long as
// every one of them failed for the same reason. A program that cannot run at all shows it so after
// a few trials. A value; owned by who decides.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proto/model/trial.h"

namespace hone::controller {

/// The text with '#' for each number, and its sign: programs print the values that they were given,
/// so messages that differ in nothing else are alike.
std::string LeaveNumbersOpen(std::string_view text);

class AlikeFailures {
 public:
  /// Takes in a trial that has ended. A trial that was killed says nothing; one that ended without
  /// its metric or at its deadline could run, so it is not what is looked for.
  void Add(const Trial& ended);

  /// How many; 0 if one of them ended in another way.
  [[nodiscard]] std::int64_t count() const { return is_mixed_ ? 0 : count_; }
  /// What the first of them said.
  [[nodiscard]] const std::string& message() const { return message_; }

 private:
  std::int64_t count_ = 0;
  bool is_mixed_ = false;
  /// Reason and message of the first, numbers left open.
  std::string pattern_;
  std::string message_;
};

}  // namespace hone::controller
