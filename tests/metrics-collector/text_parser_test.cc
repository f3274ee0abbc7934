#include <string>
#include <tuple>
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

TEST(TextParser, ReadsNameAndValueWithTheDefaultFilter) {
  const struct {
    const char* line;
    Texts wanted;
  } rows[] = {
      {"loss=0.3", {"loss=0.3"}},
      {"loss = 0.30", {"loss=0.30"}},
      {"epoch 1: accuracy=0.6418 loss=1.2, time=3s", {"accuracy=0.6418", "loss=1.2"}},
      {"loss=1 loss=2", {"loss=1", "loss=2"}},
      {"loss=-1e-05;", {"loss=-1e-05"}},
      {"loss=+.5E+3", {"loss=+.5E+3"}},
      {"loss=5.", {"loss=5"}},
      {"accuracy=95%", {"accuracy=95"}},
      {"a=loss=3", {"loss=3"}},
      {"loss: 0.3", {}},
      {"'loss'=0.5", {"loss=0.5"}},
      {"loss", {}},
      {"", {}},
      {"nothing to see", {}},
  };
  for (const auto& row : rows) {
    const Parsed parsed = ParseLines(TextOptions({"loss", "accuracy"}), {row.line});

    EXPECT_EQ(parsed.Texts(), row.wanted) << row.line;
    EXPECT_THAT(parsed.warnings, IsEmpty()) << row.line;
  }
}

TEST(TextParser, KeepsNanAndInfinityAsTheyWereWritten) {
  const Parsed parsed = ParseLines(TextOptions({"loss"}),
                                   {"loss=nan",
                                    "loss=NaN,",
                                    "loss = -nan",
                                    "loss=inf",
                                    "loss=-inf",
                                    "loss=+Inf",
                                    "loss=infinity"});

  EXPECT_THAT(parsed.Texts(),
              ElementsAre("loss=nan",
                          "loss=NaN",
                          "loss=-nan",
                          "loss=inf",
                          "loss=-inf",
                          "loss=+Inf",
                          "loss=infinity"));
  EXPECT_THAT(parsed.warnings, IsEmpty());
}

TEST(TextParser, WarnsInsteadOfKeepingAnEmptyValue) {
  for (const std::string line :
       {"loss=", "loss = ", "loss=abc", "loss=nano", "loss=infected", "loss==0.5"}) {
    const Parsed parsed = ParseLines(TextOptions({"loss"}), {line});

    EXPECT_THAT(parsed.observations, IsEmpty()) << line;
    ASSERT_THAT(parsed.warnings, SizeIs(1)) << line;
    EXPECT_THAT(parsed.warnings[0], HasSubstr('"' + line + '"'));
  }
}

TEST(TextParser, ReadsTheOtherMetricsOfALineWithAFault) {
  const Parsed parsed = ParseLines(TextOptions({"loss", "accuracy"}), {"loss= accuracy=0.5"});

  EXPECT_THAT(parsed.Texts(), ElementsAre("accuracy=0.5"));
  EXPECT_THAT(parsed.warnings, SizeIs(1));
}

TEST(TextParser, WantsTheExactName) {
  const Parsed parsed =
      ParseLines(TextOptions({"loss"}), {"val-loss=1", "loss2=1", "Loss=1", "valloss=1 loss=7"});

  EXPECT_THAT(parsed.Texts(), ElementsAre("loss=7"));
  EXPECT_THAT(parsed.warnings, IsEmpty());
}

TEST(TextParser, ReadsNamesWithOtherSigns) {
  const Parsed parsed =
      ParseLines(TextOptions({"val/acc", "acc", "top 5", "%", "précision"}),
                 {"val/acc=0.9 acc=0.8 top 5=0.7 %=6 précision=0.5", "myval/acc=1 xval/acc = 2"});

  EXPECT_THAT(parsed.Texts(),
              ElementsAre("val/acc=0.9", "acc=0.8", "top 5=0.7", "%=6", "précision=0.5"));
}

TEST(TextParser, AppliesEveryFilterToEveryMatch) {
  const Parsed parsed = ParseLines(
      TextOptions(
          {"loss", "accuracy"},
          {R"({metricName: ([\w|-]+), metricValue: ((-?\d+)(\.\d+)?)})", R"((\w+) is (\S+))"}),
      {"{metricName: loss, metricValue: 0.3}, {metricName: accuracy, metricValue: 1}",
       "accuracy is 0.7 and loss is low",
       "loss=5"});

  EXPECT_THAT(parsed.Texts(), ElementsAre("loss=0.3", "accuracy=1", "accuracy=0.7", "loss=low"));
}

TEST(TextParser, WarnsWhenAFilterCutsANumber) {
  const char* const filter = R"((loss)\W*?((-?\d+)(\.\d+)?))";
  for (const std::string line : {"loss: 1e-05",
                                 "loss: 1.e-05",
                                 "loss: 1,234.5",
                                 "loss: 1_000",
                                 "loss: 0x1f",
                                 "loss: 1.5d-3"}) {
    const Parsed parsed = ParseLines(TextOptions({"loss"}, {filter}), {line});

    EXPECT_THAT(parsed.observations, IsEmpty()) << line;
    EXPECT_THAT(parsed.warnings, ElementsAre(HasSubstr("out of a longer number"))) << line;
  }
}

TEST(TextParser, WarnsWhenAFilterLosesTheSign) {
  const Parsed parsed =
      ParseLines(TextOptions({"loss"}, {R"((loss).*?([0-9.]+))"}), {"loss: -0.5", "loss: 0.4"});

  EXPECT_THAT(parsed.Texts(), ElementsAre("loss=0.4"));
  EXPECT_THAT(parsed.warnings, SizeIs(1));
}

TEST(TextParser, LetsAFilterDecideWhereANumberEnds) {
  const Parsed parsed =
      ParseLines(TextOptions({"loss"}, {R"((loss)[ :,=-]+([0-9.]+))"}),
                 {"loss: 0.1s", "loss,2,3", "loss=0.3,0.9", "loss-4", "loss: 5."});

  EXPECT_THAT(parsed.Texts(), ElementsAre("loss=0.1", "loss=2", "loss=0.3", "loss=4", "loss=5."));
  EXPECT_THAT(parsed.warnings, IsEmpty());
}

TEST(TextParser, TrimsWhatACustomFilterFinds) {
  const Parsed parsed =
      ParseLines(TextOptions({"auc"}, {R"(\[(.*)\]:(.*))"}), {"[ auc ]:\t 0.5 \r"});

  EXPECT_THAT(parsed.Texts(), ElementsAre("auc=0.5"));
}

TEST(TextParser, KeepsTextThatACustomFilterFinds) {
  const std::string genotype = "Genotype(normal=[('max_pool_3x3',0)],reduce=[])";

  const Parsed parsed = ParseLines(TextOptions({"Best-Genotype"}, {R"(([\w-]+)=(Genotype.*))"}),
                                   {"Best-Genotype=" + genotype});

  ASSERT_THAT(parsed.observations, SizeIs(1));
  EXPECT_EQ(parsed.observations[0].value, genotype);
}

TEST(TextParser, TreatsKatibsDefaultFilterAsItsOwn) {
  const Parsed parsed =
      ParseLines(TextOptions({"loss"}, {std::string(kDefaultFilter)}), {"loss=nan"});

  EXPECT_THAT(parsed.Texts(), ElementsAre("loss=nan"));
}

TEST(TextParser, TakesTheTimeFromTheFirstWordElseFromArrival) {
  const struct {
    const char* line;
    Time wanted;
  } rows[] = {
      {"1970-01-01T00:01:00Z loss=1", AtSecond(60)},
      {"1970-01-01T02:01:00.5+02:00 loss=1", AtSecond(60) + std::chrono::milliseconds(500)},
      {"1970-01-01T00:01:00.123456789Z loss=1", AtSecond(60) + Duration(123456)},
      {"1970-01-01 00:01:00 loss=1", AtSecond(1)},
      {"[1970-01-01T00:01:00Z] loss=1", AtSecond(1)},
      {"1970-13-01T00:01:00Z loss=1", AtSecond(1)},
      {"loss=1 1970-01-01T00:01:00Z", AtSecond(1)},
      {"loss=1", AtSecond(1)},
  };
  for (const auto& row : rows) {
    const Parsed parsed = ParseLines(TextOptions({"loss"}), {row.line});

    ASSERT_THAT(parsed.observations, SizeIs(1)) << row.line;
    EXPECT_EQ(parsed.observations[0].time, row.wanted) << row.line;
  }
}

TEST(TextParser, CountsStepsByMetricAndSequencesOverAll) {
  const Parsed parsed =
      ParseLines(TextOptions({"loss", "acc"}), {"loss=3 acc=1", "loss=2", "acc=2 other=1"});

  std::vector<std::tuple<std::uint64_t, std::string, std::int64_t>> keys;
  for (const Observation& observation : parsed.observations) {
    keys.emplace_back(observation.sequence, observation.metric, observation.step);
  }
  EXPECT_THAT(keys,
              ElementsAre(std::tuple(1, "loss", 1),
                          std::tuple(2, "acc", 1),
                          std::tuple(3, "loss", 2),
                          std::tuple(4, "acc", 2)));
}

TEST(TextParser, EndsOnFiltersThatMatchNothingOrEverything) {
  const Parsed parsed = ParseLines(TextOptions({"loss"}, {"(x?)(y?)", "(.*)(.*)", "^(l)(o)"}),
                                   {"loss=1 xy loss", std::string(5000, 'x') + "loss"});

  EXPECT_THAT(parsed.observations, IsEmpty());
  EXPECT_THAT(parsed.warnings, SizeIs(1));
}

TEST(TextParser, SurvivesAnyBytes) {
  std::string line("\x00\xff\xfe loss=0.5 \xc3( loss=\x80 \x1b[0m", 26);
  const Parsed by_default = ParseLines(TextOptions({"loss"}), {line, std::string(65536, '\0')});

  EXPECT_THAT(by_default.Texts(), ElementsAre("loss=0.5"));
  EXPECT_THAT(by_default.warnings, SizeIs(1));

  const Parsed by_filter = ParseLines(TextOptions({"loss"}, {R"((loss)=(\C+))"}),
                                      {"loss=\xff", std::string("loss=\0x", 7), "loss=é"});

  EXPECT_THAT(by_filter.Texts(), ElementsAre("loss=é"));
  EXPECT_THAT(by_filter.warnings, SizeIs(2));
}

TEST(TextParser, FindsNothingWhenNothingIsWanted) {
  const Parsed parsed = ParseLines(TextOptions({""}), {"loss=1", "=1"});

  EXPECT_THAT(parsed.observations, IsEmpty());
}

}  // namespace
}  // namespace hone::metrics
