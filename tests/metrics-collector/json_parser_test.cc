#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/metrics-collector/parsing.h"

namespace hone::metrics {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Texts = std::vector<std::string>;

TEST(JsonParser, ReadsNumbersAndStringsAsTheyAreWritten) {
  const struct {
    const char* line;
    Texts wanted;
  } rows[] = {
      {R"({"loss": "0.22082", "acc": "0.9349"})", {"loss=0.22082", "acc=0.9349"}},
      {R"({"acc": 1, "loss": 0.10})", {"loss=0.10", "acc=1"}},
      {R"({"loss": 1.50E-3, "acc": -7})", {"loss=1.50E-3", "acc=-7"}},
      {R"({"loss": 0.1000000000000000055511151231257827})",
       {"loss=0.1000000000000000055511151231257827"}},
      {R"({"loss": 123456789012345678901234567890})", {"loss=123456789012345678901234567890"}},
      {R"({"loss": 18446744073709551615})", {"loss=18446744073709551615"}},
      {R"({"loss": NaN, "acc": Infinity})", {"loss=NaN", "acc=Infinity"}},
      {R"({"loss": -Infinity, "x": [NaN], "acc": 1})", {"loss=-Infinity", "acc=1"}},
      {R"({"note": "NaN \"Infinity", "loss": NaN})", {"loss=NaN"}},
      {R"({"loss": " 0.5 "})", {"loss=0.5"}},
      {R"({"loss": 1, "loss": 2})", {"loss=2"}},
      {R"({"outer": {"loss": 9}, "list": [{"loss": 8}], "acc": 3})", {"acc=3"}},
      {R"({"note": "\ud83d\udca5", "loss": 6})", {"loss=6"}},
      {R"({"lo\u0073s": 4})", {"loss=4"}},
      {R"(  {"loss": 5}  )", {"loss=5"}},
      {R"({"val": 1})", {}},
      {R"({})", {}},
      {"", {}},
      {"   ", {}},
      {"starting up", {}},
  };
  for (const auto& row : rows) {
    const Parsed parsed = ParseLines(JsonOptions({"loss", "acc"}), {row.line});

    EXPECT_EQ(parsed.Texts(), row.wanted) << row.line;
    EXPECT_THAT(parsed.warnings, IsEmpty()) << row.line;
  }
}

TEST(JsonParser, NamesAMetricWithinAnotherObjectByItsPath) {
  const Parsed parsed = ParseLines(
      JsonOptions({"metrics.loss", "loss"}),
      {R"({"metrics": {"loss": 0.5, "per": {"loss": 7}}, "other": {"loss": 8}, "loss": 0.4})",
       R"({"metrics.loss": 0.3})",
       R"({"metrics": [{"loss": 9}]})"});

  EXPECT_THAT(parsed.Texts(), ElementsAre("metrics.loss=0.5", "loss=0.4", "metrics.loss=0.3"));
}

TEST(JsonParser, WarnsOncePerBadLineAndGoesOn) {
  const std::vector<std::string> bad = {
      R"({"loss": 0.)",
      R"({"loss": "0.1" "acc": 1})",
      R"({'loss': 0.1})",
      R"({"loss": 1} trailing)",
      R"(["loss", 1])",
      "loss=0.1",
      "{broken",
      R"({"loss": true})",
      R"({"loss": null})",
      R"({"loss": {"value": 1}})",
      R"({"loss": [1]})",
      R"({"loss": ""})",
      R"({"loss": 1e999})",
      R"({"loss": "\u0000"})",
      "{\"loss\": \"\xff\"}",
  };
  for (const std::string& line : bad) {
    const Parsed parsed = ParseLines(JsonOptions({"loss"}), {line, R"({"loss": 7})"});

    EXPECT_THAT(parsed.Texts(), ElementsAre("loss=7")) << line;
    EXPECT_THAT(parsed.warnings, SizeIs(1)) << line;
  }
}

TEST(JsonParser, SaysWhatIsWrong) {
  const Parsed parsed =
      ParseLines(JsonOptions({"loss"}), {R"({"loss": true})", R"({"loss": 0.})", "loss=1"});

  EXPECT_THAT(parsed.warnings,
              ElementsAre(HasSubstr("wanted a number or a string, found true"),
                          HasSubstr("not valid JSON at byte 12"),
                          HasSubstr("does not begin with {")));
}

TEST(JsonParser, ReadsTheOtherMetricsOfALineWithAFault) {
  const Parsed parsed =
      ParseLines(JsonOptions({"loss", "acc"}), {R"({"loss": null, "acc": 0.5, "timestamp": "x"})"});

  EXPECT_THAT(parsed.Texts(), ElementsAre("acc=0.5"));
  EXPECT_THAT(parsed.warnings, SizeIs(1));
}

TEST(JsonParser, WarnsOfATextThatLooksLikeANumber) {
  const Parsed parsed =
      ParseLines(JsonOptions({"loss"}),
                 {R"({"loss": "1,234.5"})", R"({"loss": "v1"})", R"({"loss": "-1e-5"})"});

  EXPECT_THAT(parsed.Texts(), ElementsAre("loss=1,234.5", "loss=v1", "loss=-1e-5"));
  EXPECT_THAT(parsed.warnings, ElementsAre(HasSubstr("\"1,234.5\" is kept as text")));
}

TEST(JsonParser, ReadsTheTimestamp) {
  const struct {
    const char* timestamp;
    Time wanted;
    bool warns;
  } rows[] = {
      {R"("1970-01-01T00:01:00.25Z")", AtSecond(60) + std::chrono::milliseconds(250), false},
      {"60", AtSecond(60), false},
      // Digits after the point are a fraction of a second, not a count of nanoseconds.
      {"1638422847.28721", AtSecond(1638422847) + Duration(287210), false},
      {"1638422847.000021", AtSecond(1638422847) + Duration(21), false},
      {R"("yesterday")", AtSecond(1), true},
      {"1638422847287", AtSecond(1), true},
      {"-5", AtSecond(1), true},
      {"NaN", AtSecond(1), true},
      {"null", AtSecond(1), true},
      {R"("60")", AtSecond(1), true},
  };
  for (const auto& row : rows) {
    const Parsed parsed = ParseLines(
        JsonOptions({"loss"}), {R"({"loss": 1, "timestamp": )" + std::string(row.timestamp) + "}"});

    ASSERT_THAT(parsed.observations, SizeIs(1)) << row.timestamp;
    EXPECT_EQ(parsed.observations[0].time, row.wanted) << row.timestamp;
    EXPECT_THAT(parsed.warnings, SizeIs(row.warns ? 1 : 0)) << row.timestamp;
  }
}

TEST(JsonParser, DoesNotMindTheTimestampOfALineWithoutMetrics) {
  const Parsed parsed = ParseLines(JsonOptions({"loss"}), {R"({"timestamp": "x"})"});

  EXPECT_THAT(parsed.warnings, IsEmpty());
}

TEST(JsonParser, TakesTheStepThatTheTrialNames) {
  const struct {
    const char* fields;
    std::int64_t wanted;
  } rows[] = {
      {R"("step": 40)", 40},
      {R"("epoch": 3)", 3},
      {R"("epoch": 3, "global_step": 900)", 900},
      {R"("epoch": 3, "global_step": 900, "step": 12)", 12},
      {R"("global_step": "17")", 17},
      {R"("step": 5.0)", 5},
      {R"("step": 0)", 0},
      {R"("step": -1)", -1},
      {R"("step": 1.5)", 1},
      {R"("step": "many", "epoch": 6)", 6},
      {R"("step": null)", 1},
      {R"("step": 1e300)", 1},
      {R"("step": NaN)", 1},
      {R"("stepping": 8)", 1},
  };
  for (const auto& row : rows) {
    const Parsed parsed =
        ParseLines(JsonOptions({"loss"}), {R"({"loss": 1, )" + std::string(row.fields) + "}"});

    ASSERT_THAT(parsed.observations, SizeIs(1)) << row.fields;
    EXPECT_EQ(parsed.observations[0].step, row.wanted) << row.fields;
  }
}

TEST(JsonParser, ReportsAMetricThatIsAlsoTheStep) {
  const Parsed parsed = ParseLines(JsonOptions({"epoch"}), {R"({"epoch": 4})"});

  ASSERT_THAT(parsed.observations, SizeIs(1));
  EXPECT_EQ(parsed.observations[0].value, "4");
  EXPECT_EQ(parsed.observations[0].step, 4);
}

TEST(JsonParser, CountsStepsAndSequencesWhenNoneIsNamed) {
  const Parsed parsed = ParseLines(
      JsonOptions({"loss", "acc"}),
      {R"({"loss": 1, "acc": 1})", R"({"acc": 2})", R"({"loss": 2, "step": 9})", R"({"loss": 3})"});

  std::vector<std::pair<std::uint64_t, std::int64_t>> keys;
  for (const Observation& observation : parsed.observations) {
    keys.emplace_back(observation.sequence, observation.step);
  }
  EXPECT_THAT(
      keys,
      ElementsAre(
          std::pair(1, 1), std::pair(2, 1), std::pair(3, 2), std::pair(4, 9), std::pair(5, 3)));
}

TEST(JsonParser, SurvivesAnyDepthAndAnyBytes) {
  const std::string deep(60000, '[');
  const Parsed parsed =
      ParseLines(JsonOptions({"loss"}),
                 {R"({"x": )" + deep,
                  R"({"x": )" + deep + std::string(60000, ']') + R"(, "loss": 1})",
                  std::string(65536, '{'),
                  std::string("{\0\xff", 3)});

  EXPECT_THAT(parsed.Texts(), ElementsAre("loss=1"));
  EXPECT_THAT(parsed.warnings, SizeIs(3));
}

}  // namespace
}  // namespace hone::metrics
