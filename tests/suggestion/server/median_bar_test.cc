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

  EXPECT_EQ(bar.Learn(1, "a", std::vector<double>{1, 3, 100}, 2), 2.0);
  EXPECT_EQ(bar.Learn(1, "b", std::vector<double>{9}, 2), 9.0);
  EXPECT_EQ(bar.Learn(1, "huge", std::vector<double>{1e308, 1e308}, 2), 1e308);
}

TEST(MedianBar, LeavesOutWhatHasNoFiniteMean) {
  MedianBar bar;

  EXPECT_EQ(bar.Learn(1, "empty", {}, 2), std::nullopt);
  EXPECT_EQ(bar.Learn(1, "nan", std::vector<double>{std::nan("")}, 2), std::nullopt);
  const MedianBar::Known known = bar.Find(1, {"empty", "nan"});
  EXPECT_THAT(known.means, IsEmpty());
  EXPECT_THAT(known.others, ElementsAre("empty", "nan"));
}

TEST(MedianBar, KnowsATrialInItsExperimentAlone) {
  MedianBar bar;
  bar.Learn(1, "a", std::vector<double>{1}, 4);
  bar.Learn(1, "a", std::vector<double>{1}, 4);

  const MedianBar::Known known = bar.Find(1, {"a", "b"});
  EXPECT_THAT(known.means, ElementsAre(1.0));
  EXPECT_THAT(known.others, ElementsAre("b"));
  EXPECT_THAT(bar.Find(2, {"a"}).others, ElementsAre("a"));
}

TEST(MedianBar, ForgetsTheOldest) {
  MedianBar bar;
  for (std::size_t i = 0; i <= MedianBar::kMeansMax; ++i) {
    bar.Learn(1, std::to_string(i), std::vector<double>{1}, 1);
  }

  EXPECT_THAT(bar.Find(1, {"0", "1"}).others, ElementsAre("0"));
}

}  // namespace
}  // namespace hone::suggestion
