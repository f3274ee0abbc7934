#include "controller/cli/frame.h"

#include <tuple>

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

TEST(Frame, ShowsWhyATrialFailedBeforeItsParameters) {
  Frame frame = HalfDone();
  frame.trials[1].state = TrialState::kFailed;
  frame.trials[1].reason = "exited with code 1: \x1b[2Jboom";
  FrameStyle style;
  style.columns = 120;

  EXPECT_THAT(RenderFrame(frame, style)[1],
              HasSubstr("1.0s  exited with code 1: \\x1b[2Jboom  lr=größer"));
}

TEST(Frame, GivesAReasonForFailedAndForRetriedTrials) {
  Trial trial;
  trial.message = "exited with code 1";
  for (const auto& [state, attempt, is_shown] :
       {std::tuple(TrialState::kFailed, 1, true),
        std::tuple(TrialState::kMetricsUnavailable, 1, true),
        std::tuple(TrialState::kCreated, 2, true),
        std::tuple(TrialState::kCreated, 1, false),
        std::tuple(TrialState::kEarlyStopped, 1, false)}) {
    trial.state = state;
    trial.attempt = attempt;
    EXPECT_EQ(ReasonText(trial), is_shown ? trial.message : "") << ToText(state);
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

TEST(Frame, ShowsNoEndWhileItIsUnknown) {
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

Summary Ended(ConditionType type, const std::string& message) {
  Summary summary;
  summary.program = "hone";
  summary.experiment.key.name = "train";
  summary.experiment.spec.objective = Objective{};
  summary.experiment.spec.objective->metric_name = "loss";
  summary.experiment.status.SetCondition({.type = type, .status = true, .message = message});
  return summary;
}

TEST(Summary, NeverLooksGoodWithoutAResult) {
  Summary summary = Ended(ConditionType::kSucceeded, "the number of trials has been reached");
  summary.experiment.status.counts.created = 6;
  summary.experiment.status.counts.failed = 6;
  summary.failures = {{"exited with code 1: no\x1b torch", "train-1", 3},
                      {"\"pyton3\" is not in PATH", "train-4", 1},
                      {"a", "train-5", 1},
                      {"b", "train-6", 1}};
  summary.failure_log = "/logs/train-1.log";

  const std::string text = RenderSummary(summary, Painter());

  EXPECT_THAT(text, HasSubstr("Experiment train ended without a result: the number of"));
  EXPECT_THAT(text, HasSubstr("no trial has reported a number as loss\n"));
  EXPECT_THAT(text, HasSubstr("failed          3 trials: exited with code 1: no\\x1b torch\n"));
  EXPECT_THAT(text, HasSubstr("                1 trial: \"pyton3\" is not in PATH\n"));
  EXPECT_THAT(text, HasSubstr("1 more in other ways"));
  EXPECT_THAT(text, HasSubstr("its log         /logs/train-1.log\n"));
  EXPECT_THAT(text, HasSubstr("hone logs train-1\n  hone get trials train --state Failed\n"));
}

TEST(Summary, NamesALogOnlyIfThereIsOne) {
  Summary summary = Ended(ConditionType::kFailed, "3 trials have failed");
  summary.experiment.status.counts.metrics_unavailable = 3;
  summary.failures = {{"reported no loss", "train-1", 3}};

  const std::string text = RenderSummary(summary, Painter());

  EXPECT_THAT(text, HasSubstr("Experiment train failed: 3 trials have failed"));
  EXPECT_THAT(text,
              HasSubstr("hone describe train-1\n"
                        "  hone get trials train --state MetricsUnavailable\n"));
  EXPECT_EQ(text.find("its log"), std::string::npos);
}

TEST(Summary, ShowsTheBestWithShortNumbersAndSaysWhatTheyAre) {
  Summary summary = Ended(ConditionType::kSucceeded, "done");
  summary.experiment.spec.objective->metric_strategies = {
      {"loss", MetricStrategy::kMin}, {"a_metric_with_a_long_name", MetricStrategy::kLatest}};
  summary.best.emplace();
  summary.best->experiment.name = "train";
  summary.best->ordinal = 7;
  summary.best->metrics = {
      {.name = "loss", .min = "0.5", .max = "0.5", .latest = "0.5"},
      {.name = "a_metric_with_a_long_name", .min = "0.1", .max = "0.9", .latest = "0.21234567"}};
  summary.best->assignments = {{"learning\x1b-rate", "0.039649247192758516"}, {"n", "3"}};

  EXPECT_EQ(RenderBest(summary, Painter()),
            "best trial      train-7\n"
            "loss                       0.5\n"
            "a_metric_with_a_long_name  0.212346 (latest)\n"
            "parameters      learning\\x1b-rate  0.0396492\n"
            "                n                  3\n");
}

TEST(Summary, SaysWhichValueOfAMetricItShows) {
  MetricSummary metric{.name = "loss", .min = "0.1", .max = "0.9", .latest = "0.5"};
  EXPECT_EQ(MetricMeaning(metric, MetricStrategy::kMax), "max");
  EXPECT_EQ(MetricMeaning(metric, MetricStrategy::kLatest), "latest");

  const std::string none(MetricSummary::kUnavailable);
  metric = {.name = "loss", .min = none, .max = none, .latest = "nan"};
  EXPECT_EQ(MetricMeaning(metric, MetricStrategy::kMin), "latest");
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
