#include "controller/decide/alike_failures.h"

#include <string_view>

#include "controller/decide/decide.h"

namespace hone::controller {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsInNumber(char c) {
  const char small = static_cast<char>(c | 0x20);
  return IsDigit(c) || c == '.' || (small >= 'a' && small <= 'z');
}

/// The text with "#" for each number: programs print the values that they were given.
std::string LeaveNumbersOpen(std::string_view text) {
  std::string open;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!IsDigit(text[i])) {
      open += text[i];
      continue;
    }
    open += '#';
    // "1e-05" is one number.
    while (i + 1 < text.size() &&
           (IsInNumber(text[i + 1]) || (text[i + 1] == '-' && (text[i] | 0x20) == 'e'))) {
      ++i;
    }
  }
  return open;
}

}  // namespace

void AlikeFailures::Add(const Trial& ended) {
  if (ended.state == TrialState::kKilled) {
    return;
  }
  const bool cannot_run = ended.state == TrialState::kFailed && ended.reason != kDeadlineExceeded;
  const std::string pattern = LeaveNumbersOpen(ended.reason + ": " + ended.message);
  if (count_ == 0) {
    pattern_ = pattern;
    message_ = ended.message;
  }
  is_mixed_ |= !cannot_run || pattern != pattern_;
  ++count_;
}

}  // namespace hone::controller
