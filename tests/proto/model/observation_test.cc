#include "proto/model/observation.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace hone {
namespace {

Observation Value(std::uint64_t sequence, const std::string& value, std::int64_t micros = 0) {
  return {.sequence = sequence,
          .metric = "loss",
          .step = static_cast<std::int64_t>(sequence),
          .value = value,
          .time = Time(Duration(micros))};
}

Objective Loss() {
  return {.type = ObjectiveType::kMinimize, .metric_name = "loss"};
}

TEST(Number, IsReadAsAWholeOrNotAtAll) {
  EXPECT_EQ(ParseNumber("0.10"), 0.1);
  EXPECT_EQ(ParseNumber("+1e-3"), 0.001);
  EXPECT_EQ(ParseNumber(".5"), 0.5);
  EXPECT_TRUE(std::isnan(*ParseNumber("NaN")));
  EXPECT_EQ(ParseNumber("-Infinity"), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(ParseNumber("1e999"), std::numeric_limits<double>::infinity());
  for (const char* const text : {"", "+", "+-1", "1 ", " 1", "1x", "0x10", "one", "--1"}) {
    EXPECT_FALSE(ParseNumber(text).has_value()) << text;
  }
}

TEST(Number, IsWrittenShortAndReadsBackExactly) {
  for (const double value : {0.1, 1e-5, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0}) {
    EXPECT_EQ(ParseNumber(FormatNumber(value)), value);
  }
  EXPECT_EQ(FormatNumber(0.1), "0.1");
}

TEST(ObservationFold, KeepsMinMaxAndLatestAsReported) {
  ObservationFold fold(Loss());

  fold.Add(std::vector<Observation>{Value(1, "0.50"), Value(2, "0.10"), Value(3, "0.30")});

  EXPECT_EQ(fold.summaries()[0], (MetricSummary{"loss", "0.10", "0.50", "0.30"}));
}

TEST(ObservationFold, TakesTheLastArrivalForLatestWhateverItsTime) {
  ObservationFold fold(Loss());
  const Observation first = Value(1, "1", 20);
  const Observation ahead = Value(2, "2", 30);
  const Observation last = Value(3, "3", 10);

  fold.Add(std::vector<Observation>{first, ahead, last});
  EXPECT_EQ(fold.summaries()[0].latest, "3");

  fold.Add(std::vector<Observation>{ahead});
  EXPECT_EQ(fold.summaries()[0].latest, "3");
}

TEST(ObservationFold, KeepsNotANumberAsLatestButNeverAsMinOrMax) {
  ObservationFold fold(Loss());

  fold.Add(std::vector<Observation>{Value(1, "0.5"), Value(2, "nan"), Value(3, "-inf")});

  EXPECT_EQ(fold.summaries()[0], (MetricSummary{"loss", "0.5", "0.5", "-inf"}));
}

TEST(ObservationFold, CallsUnreportedMetricsUnavailable) {
  Objective objective = Loss();
  objective.additional_metric_names = {"accuracy"};
  ObservationFold fold(objective);

  fold.Add(std::vector<Observation>{Value(1, "0.5")});

  EXPECT_EQ(fold.summaries()[1].latest, MetricSummary::kUnavailable);
  EXPECT_FALSE(fold.summaries()[1].Value(MetricStrategy::kLatest).has_value());
}

TEST(MetricSummary, FallsBackToLatestWhenTheExtremesAreMissing) {
  const MetricSummary summary{"loss", "unavailable", "unavailable", "3"};

  EXPECT_EQ(summary.Value(MetricStrategy::kMin), 3.0);
}

TEST(ObjectiveValue, FollowsTheStrategyOfTheObjective) {
  Objective objective = Loss();
  objective.metric_strategies = {{"loss", MetricStrategy::kMax}};

  EXPECT_EQ(ObjectiveValue(objective, {{"loss", "1", "3", "2"}}), 3.0);
  EXPECT_FALSE(ObjectiveValue(objective, {{"other", "1", "3", "2"}}).has_value());
  EXPECT_FALSE(ObjectiveValue(objective, {{"loss", "unavailable", "unavailable", "nan"}}));
}

}  // namespace
}  // namespace hone
