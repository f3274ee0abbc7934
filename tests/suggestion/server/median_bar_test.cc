#include "suggestion/server/median_bar.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::suggestion {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const MedianBar::Scope kScope{"db:6789", "experiment"};

TEST(MedianBar, IsTheMedianOfEnoughMeans) {
  EXPECT_EQ(MedianBar::Of({9, 2, 5}, 3), 5.0);
  EXPECT_EQ(MedianBar::Of({9, 2, 5, 6}, 3), 5.5);
  EXPECT_EQ(MedianBar::Of({9, 2, 5}, 4), std::nullopt);
  EXPECT_EQ(MedianBar::Of({}, 0), std::nullopt);
}

TEST(MedianBar, LearnsTheMeanOfTheFirstValues) {
  MedianBar bar;

  EXPECT_EQ(bar.Learn(kScope, "a", std::vector<double>{1, 3, 100}, 2), 2.0);
  EXPECT_EQ(bar.Learn(kScope, "b", std::vector<double>{9}, 2), 9.0);
  EXPECT_EQ(bar.Learn(kScope, "huge", std::vector<double>{1e308, 1e308}, 2), 1e308);
}

TEST(MedianBar, LeavesOutWhatHasNoFiniteMean) {
  MedianBar bar;

  EXPECT_EQ(bar.Learn(kScope, "empty", {}, 2), std::nullopt);
  EXPECT_EQ(bar.Learn(kScope, "nan", std::vector<double>{std::nan("")}, 2), std::nullopt);
  const MedianBar::Known known = bar.Find(kScope, {"empty", "nan"});
  EXPECT_THAT(known.means, IsEmpty());
  EXPECT_THAT(known.others, ElementsAre("empty", "nan"));
}

TEST(MedianBar, KnowsATrialInItsExperimentAlone) {
  MedianBar bar;
  bar.Learn(kScope, "a", std::vector<double>{1}, 4);
  bar.Learn(kScope, "a", std::vector<double>{1}, 4);

  const MedianBar::Known known = bar.Find(kScope, {"a", "b"});
  EXPECT_THAT(known.means, ElementsAre(1.0));
  EXPECT_THAT(known.others, ElementsAre("b"));
  EXPECT_THAT(bar.Find({"db:6789", "Experiment"}, {"a"}).others, ElementsAre("a"));
  EXPECT_THAT(bar.Find({"db:6780", "experiment"}, {"a"}).others, ElementsAre("a"));
  EXPECT_THAT(bar.Find({"db:678", "9experiment"}, {"a"}).others, ElementsAre("a"));
}

TEST(MedianBar, EvictsTheOldestTrialOfTheOnlyExperiment) {
  MedianBar bar;
  for (std::size_t i = 0; i <= MedianBar::kMeansMax; ++i) {
    bar.Learn(kScope, std::to_string(i), std::vector<double>{1}, 1);
  }

  EXPECT_THAT(bar.Find(kScope, {"0", "1"}).others, ElementsAre("0"));
}

TEST(MedianBar, EvictsTheLeastRecentlyUsedExperiment) {
  const MedianBar::Scope other{"db:6789", "other"};
  MedianBar bar;
  bar.Learn(other, "a", std::vector<double>{1}, 1);
  bar.Learn(kScope, "a", std::vector<double>{1}, 1);
  EXPECT_THAT(bar.Find(other, {"a"}).others, IsEmpty());

  for (std::size_t i = 2; i <= MedianBar::kExperimentsMax; ++i) {
    bar.Learn({"", std::to_string(i)}, "a", std::vector<double>{1}, 1);
  }

  EXPECT_THAT(bar.Find(kScope, {"a"}).others, ElementsAre("a"));
  EXPECT_THAT(bar.Find(other, {"a"}).others, IsEmpty());
}

}  // namespace
}  // namespace hone::suggestion
