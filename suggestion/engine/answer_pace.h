// AnswerPace: compares how long one experiment waits for suggestions with how long its trials take,
// to decide how many suggestions to ask for before a slot is free. Pure; one owner.
#pragma once

#include <cstddef>
#include <optional>

#include "proto/core/time.h"

namespace hone::suggestion {

class AnswerPace {
 public:
  void TrialTook(Duration duration);
  /// `duration` is the time from the question to the answer.
  void AnswerTook(Duration duration);

  /// How many suggestions to have ready before one of `slots` is free: as many as slots become free
  /// during a slow answer. None if waiting takes less than a hundredth of a trial, since a
  /// suggestion asked for early does not learn from the trials that end next. And none for a single
  /// slot, whose next trial could then never learn from the previous one.
  [[nodiscard]] std::size_t AskEarly(std::size_t slots) const;

 private:
  /// Moving averages in microseconds. Nothing before the first value.
  std::optional<double> trial_;
  std::optional<double> answer_;
  /// The slowest answer, which decays with each quicker one.
  double slow_answer_ = 0;
};

}  // namespace hone::suggestion
