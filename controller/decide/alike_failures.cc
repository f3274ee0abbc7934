#include "controller/decide/alike_failures.h"

#include "controller/decide/decide.h"

namespace hone::controller {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsLetter(char c) {
  const char small = static_cast<char>(c | 0x20);
  return small >= 'a' && small <= 'z';
}

/// True if a number begins at `i`, perhaps with its sign: "x=-0.3" has one, "tune-3" is a name.
bool BeginsNumber(std::string_view text, std::size_t i) {
  const bool is_sign = text[i] == '-' && i + 1 < text.size() && IsDigit(text[i + 1]) &&
                       (i == 0 || (!IsLetter(text[i - 1]) && !IsDigit(text[i - 1])));
  return is_sign || IsDigit(text[i]);
}

/// True if the number with its latest character at `i` continues behind it: "0x7f" and "1e-05" are
/// one number each.
bool GoesOn(std::string_view text, std::size_t i) {
  if (i + 1 == text.size()) {
    return false;
  }
  const char next = text[i + 1];
  return IsDigit(next) || IsLetter(next) || next == '.' || (next == '-' && (text[i] | 0x20) == 'e');
}

}  // namespace

std::string LeaveNumbersOpen(std::string_view text) {
  std::string open;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!BeginsNumber(text, i)) {
      open += text[i];
      continue;
    }
    open += '#';
    while (GoesOn(text, i)) {
      ++i;
    }
  }
  return open;
}

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
