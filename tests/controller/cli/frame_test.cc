#include "controller/cli/frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/cli/summary.h"
#include "controller/cli/text.h"

namespace hone::controller {
namespace {

using ::testing::HasSubstr;

Frame HalfDone() {
  Frame frame;
  frame.experiment = "train";
  frame.metric = "accuracy";
  frame.done = 20;
  frame.max = 40;
  frame.running = 2;
  frame.failures = 1;
  frame.best = 0.9375;
  frame.best_trial = "train-7";
  frame.rate = 2;
  frame.trials = {{7, "train-7", TrialState::kSucceeded, 0.9375, std::chrono::seconds(3), "lr=0.1"},
                  {8, "train-8", TrialState::kRunning, {}, std::chrono::seconds(1), "lr=größer"}};
  return frame;
}

TEST(Frame, ShowsProgressBestRateAndTimeLeft) {
  FrameStyle style;
  style.columns = 120;
  style.has_utf8 = false;

  const std::vector<std::string> lines = RenderFrame(HalfDone(), style);

  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[0], HasSubstr("train-7  Succeeded"));
  EXPECT_THAT(lines[0], HasSubstr("0.9375     3.0s  lr=0.1"));
  EXPECT_EQ(lines[2],
            "############------------ 20/40  best accuracy=0.9375 (train-7)  2 running  1 failed  "
            "2.0 trials/s  10.0s left");
}

TEST(Frame, NeverIsWiderThanTheTerminal) {
  Frame frame = HalfDone();
  frame.notice = "finishing 2 running trials; press Ctrl-C again to stop them";
  for (std::size_t columns = 10; columns < 130; ++columns) {
    FrameStyle style;
    style.columns = columns;
    for (const std::string& line : RenderFrame(frame, style)) {
      EXPECT_LE(DisplayWidth(line), columns) << line;
    }
  }
}

TEST(Frame, ShowsOnlyTheLatestTrialsOnALowTerminal) {
  Frame frame = HalfDone();
  FrameStyle style;
  style.trials_max = 1;

  const std::vector<std::string> lines = RenderFrame(frame, style);

  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], HasSubstr("train-8"));
}

TEST(Frame, PromisesNoEndThatNobodyKnows) {
  Frame frame = HalfDone();
  frame.max.reset();
  EXPECT_EQ(TimeLeft(frame), std::nullopt);
  EXPECT_THAT(RenderFrame(frame, {}).back(), HasSubstr("20 trials"));

  frame.max = 40;
  frame.rate = 0;
  EXPECT_EQ(TimeLeft(frame), std::nullopt);
  frame.rate = 1e-300;
  EXPECT_TRUE(TimeLeft(frame).has_value());
}

TEST(Frame, ColoursNothingUnlessAsked) {
  FrameStyle style;
  style.painter = Painter(true);
  EXPECT_THAT(RenderFrame(HalfDone(), style).back(), HasSubstr("\x1b[32m"));

  style.painter = Painter(false);
  for (const std::string& line : RenderFrame(HalfDone(), style)) {
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
  }
}

TEST(Summary, SaysWhichShareOfTheSlotsTimeWasLost) {
  using std::chrono::milliseconds;
  SlotTimes slots;
  EXPECT_EQ(RenderInfrastructure(slots), "");

  slots.busy = milliseconds(990);
  slots.idle = milliseconds(10);
  slots.gaps = {milliseconds(6), milliseconds(1), milliseconds(3)};
  EXPECT_EQ(RenderInfrastructure(slots),
            "1.00% of the trial slots' time (from a trial's end to the next start: p50 3.0ms, p95 "
            "3.0ms)");
}

TEST(Summary, ChoosesAMetricsTextByItsStrategy) {
  MetricSummary metric;
  metric.name = "loss";
  metric.min = "0.10";
  metric.max = "0.9";
  metric.latest = "0.5";
  EXPECT_EQ(MetricText(metric, MetricStrategy::kMin), "0.10");
  EXPECT_EQ(MetricText(metric, MetricStrategy::kLatest), "0.5");

  metric.min = MetricSummary::kUnavailable;
  metric.latest = "nan";
  EXPECT_EQ(MetricText(metric, MetricStrategy::kMin), "nan");
}

}  // namespace
}  // namespace hone::controller
