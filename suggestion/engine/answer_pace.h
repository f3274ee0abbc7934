// AnswerPace: how long one experiment waits for suggestions beside how long its trials take, and so
// how many suggestions to ask for before a slot is free. Pure; one owner.
#pragma once

#include <cstddef>
#include <optional>

#include "proto/core/time.h"

namespace hone::suggestion {

class AnswerPace {
 public:
  void TrialTook(Duration duration);
  /// From the question to the answer.
  void AnswerTook(Duration duration);

  /// How many suggestions to have at hand before one of `slots` is free: as many as slots become
  /// free while a slow answer is under way. None where waiting takes less than a hundredth of a
  /// trial: what is asked early learns nothing from the trials that end next. And none for a single
  /// slot, whose next trial could then never learn from its last.
  [[nodiscard]] std::size_t AskEarly(std::size_t slots) const;

 private:
  /// In microseconds, the newest weighing most. Nothing before the first.
  std::optional<double> trial_;
  std::optional<double> answer_;
  /// The slowest answer, forgotten by and by.
  double slow_answer_ = 0;
};

}  // namespace hone::suggestion
