#include "suggestion/server/median_bar.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::suggestion {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(MedianBar, IsTheMedianOfEnoughMeans) {
  EXPECT_EQ(MedianBar::Of({9, 2, 5}, 3), 5.0);
  EXPECT_EQ(MedianBar::Of({9, 2, 5, 6}, 3), 5.5);
  EXPECT_EQ(MedianBar::Of({9, 2, 5}, 4), std::nullopt);
  EXPECT_EQ(MedianBar::Of({}, 0), std::nullopt);
}

TEST(MedianBar, LearnsTheMeanOfTheFirstValues) {
  MedianBar bar;

  EXPECT_EQ(bar.Learn("one", "a", std::vector<double>{1, 3, 100}, 2), 2.0);
  EXPECT_EQ(bar.Learn("one", "b", std::vector<double>{9}, 2), 9.0);
  EXPECT_EQ(bar.Learn("one", "huge", std::vector<double>{1e308, 1e308}, 2), 1e308);
}

TEST(MedianBar, LeavesOutWhatHasNoFiniteMean) {
  MedianBar bar;

  EXPECT_EQ(bar.Learn("one", "empty", {}, 2), std::nullopt);
  EXPECT_EQ(bar.Learn("one", "nan", std::vector<double>{std::nan("")}, 2), std::nullopt);
  const MedianBar::Known known = bar.Find("one", {"empty", "nan"});
  EXPECT_THAT(known.means, IsEmpty());
  EXPECT_THAT(known.others, ElementsAre("empty", "nan"));
}

TEST(MedianBar, KnowsATrialInItsExperimentAlone) {
  MedianBar bar;
  bar.Learn("one", "a", std::vector<double>{1}, 4);
  bar.Learn("one", "a", std::vector<double>{1}, 4);

  const MedianBar::Known known = bar.Find("one", {"a", "b"});
  EXPECT_THAT(known.means, ElementsAre(1.0));
  EXPECT_THAT(known.others, ElementsAre("b"));
  EXPECT_THAT(bar.Find("two", {"a"}).others, ElementsAre("a"));
}

TEST(MedianBar, ForgetsTheOldest) {
  MedianBar bar;
  for (std::size_t i = 0; i <= MedianBar::kMeansMax; ++i) {
    bar.Learn("one", std::to_string(i), std::vector<double>{1}, 1);
  }

  EXPECT_THAT(bar.Find("one", {"0", "1"}).others, ElementsAre("0"));
}

TEST(MedianBar, ForgetsTheOldestScopeWhenTheirTextsAreLong) {
  const std::string long_text(MedianBar::kScopeBytesMax / 2, 'x');
  MedianBar bar;
  bar.Learn("short", "a", std::vector<double>{1}, 1);
  bar.Learn(long_text + "1", "a", std::vector<double>{2}, 1);
  bar.Learn(long_text + "2", "a", std::vector<double>{3}, 1);

  EXPECT_THAT(bar.Find("short", {"a"}).others, ElementsAre("a"));
  EXPECT_THAT(bar.Find(long_text + "1", {"a"}).others, ElementsAre("a"));
  EXPECT_THAT(bar.Find(long_text + "2", {"a"}).means, ElementsAre(3.0));
}

}  // namespace
}  // namespace hone::suggestion
