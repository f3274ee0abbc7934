#include "suggestion/server/median_bar.h"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

namespace hone::suggestion {
namespace {

MedianBar::ReadValues Logs(std::map<std::string, std::vector<double>> logs, int* reads = nullptr) {
  return [logs = std::move(logs), reads](const std::string& trial) -> Result<std::vector<double>> {
    if (reads != nullptr) {
      ++*reads;
    }
    return logs.at(trial);
  };
}

TEST(MedianBar, IsTheMedianOfTheMeansOfTheFirstValues) {
  MedianBar bar;
  const auto logs = Logs({{"a", {1, 3, 100}}, {"b", {4, 6}}, {"c", {9}}, {"d", {5, 7}}});

  EXPECT_EQ(bar.Find("e", {"a", "b", "c"}, 2, 3, logs).value(), 5.0);
  EXPECT_EQ(bar.Find("e", {"a", "b", "c", "d"}, 2, 3, logs).value(), 5.5);
}

TEST(MedianBar, LeavesOutWhatHasNoFiniteMean) {
  MedianBar bar;
  const auto logs = Logs({{"empty", {}}, {"nan", {std::nan("")}}, {"huge", {1e308, 1e308}}});

  EXPECT_EQ(bar.Find("e", {"empty", "nan"}, 2, 1, logs).value(), std::nullopt);
  EXPECT_EQ(bar.Find("e", {"empty", "nan", "huge"}, 2, 1, logs).value(), 1e308);
}

TEST(MedianBar, ReadsATrialOnceInEachExperiment) {
  MedianBar bar;
  int reads = 0;
  const auto logs = Logs({{"a", {1}}, {"b", {2}}}, &reads);

  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(bar.Find("e", {"a", "b"}, 4, 1, logs).value(), 1.5);
  }
  EXPECT_EQ(reads, 2);
  EXPECT_EQ(bar.Find("another", {"a"}, 4, 1, logs).value(), 1.0);
  EXPECT_EQ(reads, 3);
}

TEST(MedianBar, SaysWhyATrialCouldNotBeRead) {
  MedianBar bar;
  const auto fails = [](const std::string& /*trial*/) -> Result<std::vector<double>> {
    return Fail(Code::kUnavailable, "away");
  };

  EXPECT_EQ(bar.Find("e", {"a"}, 4, 1, fails).error().message, "away");
}

}  // namespace
}  // namespace hone::suggestion
