#include "suggestion/engine/answer_pace.h"

#include <gtest/gtest.h>

namespace hone::suggestion {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;

/// A pace after trials and answers that always took these times.
AnswerPace Pace(Duration trial, Duration answer) {
  AnswerPace pace;
  pace.TrialTook(trial);
  pace.AnswerTook(answer);
  return pace;
}

TEST(AnswerPace, AsksForAsManyAsBecomeFreeWhileAnAnswerIsUnderWay) {
  EXPECT_EQ(Pace(milliseconds(50), milliseconds(4)).AskEarly(2), 1U);
  EXPECT_EQ(Pace(milliseconds(50), milliseconds(30)).AskEarly(2), 2U);
  EXPECT_EQ(Pace(milliseconds(50), milliseconds(10)).AskEarly(32), 7U);
}

TEST(AnswerPace, AsksForNoMoreThanThereAreSlots) {
  EXPECT_EQ(Pace(milliseconds(1), milliseconds(500)).AskEarly(4), 4U);
  EXPECT_EQ(Pace(Duration(0), milliseconds(1)).AskEarly(4), 4U);
}

TEST(AnswerPace, LearnsFromEveryTrialWhereWaitingCostsNothing) {
  EXPECT_EQ(Pace(hours(1), milliseconds(500)).AskEarly(8), 0U);
  EXPECT_EQ(Pace(milliseconds(50), microseconds(100)).AskEarly(8), 0U);
}

TEST(AnswerPace, NeverAsksEarlyForASingleSlot) {
  EXPECT_EQ(Pace(milliseconds(1), milliseconds(500)).AskEarly(1), 0U);
}

TEST(AnswerPace, WaitsUntilItKnowsBoth) {
  AnswerPace pace;
  EXPECT_EQ(pace.AskEarly(2), 0U);
  pace.AnswerTook(milliseconds(5));
  EXPECT_EQ(pace.AskEarly(2), 0U);
  pace.TrialTook(milliseconds(5));
  EXPECT_EQ(pace.AskEarly(2), 2U);
}

TEST(AnswerPace, FollowsWhatChanges) {
  AnswerPace pace = Pace(milliseconds(50), microseconds(100));
  ASSERT_EQ(pace.AskEarly(2), 0U);

  for (int i = 0; i < 5; ++i) {
    pace.AnswerTook(milliseconds(10));
  }
  EXPECT_EQ(pace.AskEarly(2), 1U);

  for (int i = 0; i < 50; ++i) {
    pace.TrialTook(hours(1));
  }
  EXPECT_EQ(pace.AskEarly(2), 0U);
}

}  // namespace
}  // namespace hone::suggestion
