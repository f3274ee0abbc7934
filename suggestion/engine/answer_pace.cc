#include "suggestion/engine/answer_pace.h"

#include <algorithm>
#include <cmath>

namespace hone::suggestion {
namespace {

/// The weight of a new value in a moving average: roughly the last ten values count.
constexpr double kWeight = 0.2;
/// The decay of the slowest answer with each quicker one: half is left after 34. If algorithms take
/// turns, one in six answers may be the slow one.
constexpr double kKept = 0.98;
/// The share of a trial's time for which its slot may wait for a suggestion that has learnt from
/// all trials.
constexpr double kWaitingShareMax = 0.01;

void Take(std::optional<double>& mean, Duration duration) {
  const auto value = static_cast<double>(duration.count());
  mean = mean ? *mean + kWeight * (value - *mean) : value;
}

}  // namespace

void AnswerPace::TrialTook(Duration duration) {
  Take(trial_, duration);
}

void AnswerPace::AnswerTook(Duration duration) {
  Take(answer_, duration);
  slow_answer_ = std::max(static_cast<double>(duration.count()), kKept * slow_answer_);
}

std::size_t AnswerPace::AskEarly(std::size_t slots) const {
  if (slots < 2 || !trial_ || !answer_ || *answer_ < kWaitingShareMax * *trial_) {
    return 0;
  }
  const double all = static_cast<double>(slots);
  if (slow_answer_ >= *trial_) {
    return slots;
  }
  return static_cast<std::size_t>(std::clamp(std::ceil(slow_answer_ / *trial_ * all), 1.0, all));
}

}  // namespace hone::suggestion
