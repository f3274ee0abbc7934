// AlikeFailures: counts the trials that have ended since this process took up an experiment, as
// long as all of them failed for the same reason. A program that cannot run at all shows in this
// count after a few trials. A value; owned by the caller of Decide.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proto/model/trial.h"

namespace hone::controller {

/// The text with '#' in place of each number and its sign: programs print their parameters, so
/// messages that differ only in numbers count as alike.
std::string LeaveNumbersOpen(std::string_view text);

class AlikeFailures {
 public:
  /// Counts a trial that has ended. A killed trial is ignored. A trial without its metric or past
  /// its deadline did run, so from then on the failures are not alike.
  void Add(const Trial& ended);

  /// The number of trials that failed alike; 0 if any trial ended in another way.
  [[nodiscard]] std::int64_t count() const { return is_mixed_ ? 0 : count_; }
  /// The message of the first of them.
  [[nodiscard]] const std::string& message() const { return message_; }

 private:
  std::int64_t count_ = 0;
  bool is_mixed_ = false;
  /// Reason and message of the first of them, after LeaveNumbersOpen.
  std::string pattern_;
  std::string message_;
};

}  // namespace hone::controller
