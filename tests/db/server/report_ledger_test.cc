#include "db/server/report_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::db {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::optional<Time> kNone;

Time At(std::int64_t seconds) {
  return Time(std::chrono::seconds(seconds));
}

/// A trial that reports once a second.
class ReportLedgerTest : public testing::Test {
 protected:
  /// The values of the rows that the report added.
  std::vector<std::string> Report(const std::vector<ReportedRow>& report) {
    arrival_ += std::chrono::seconds(1);
    const std::vector<Observation> rows = ledger_.FindNew(report, arrival_);
    ledger_.Add(rows);
    stored_.insert(stored_.end(), rows.begin(), rows.end());
    std::vector<std::string> values;
    for (const Observation& row : rows) {
      values.push_back(row.value);
    }
    return values;
  }

  std::vector<Observation> stored_;
  ReportLedger ledger_{{}};
  Time arrival_ = At(1000);
};

TEST_F(ReportLedgerTest, AddsNothingForAReportThatComesAgain) {
  const std::vector<ReportedRow> report = {{At(1), "loss", "3"}, {At(2), "loss", "2"}};
  EXPECT_THAT(Report(report), ElementsAre("3", "2"));

  EXPECT_THAT(Report(report), IsEmpty());
  EXPECT_THAT(Report({{At(3), "loss", "1"}}), ElementsAre("1"));
  EXPECT_THAT(Report(report), IsEmpty());
}

TEST_F(ReportLedgerTest, AddsTheRestOfAReportThatHasGrown) {
  Report({{At(1), "loss", "3"}, {At(2), "loss", "2"}});

  EXPECT_THAT(Report({{At(1), "loss", "3"}, {At(2), "loss", "2"}, {At(3), "loss", "1"}}),
              ElementsAre("1"));
}

TEST_F(ReportLedgerTest, KeepsAnEqualValueThatIsReportedAnewWithinOneSecond) {
  EXPECT_THAT(Report({{At(1), "acc", "0.5"}}), ElementsAre("0.5"));
  EXPECT_THAT(Report({{At(1), "acc", "0.9"}}), ElementsAre("0.9"));

  EXPECT_THAT(Report({{At(1), "acc", "0.5"}}), ElementsAre("0.5"));

  EXPECT_THAT(Report({{At(1), "acc", "0.5"}}), IsEmpty()) << "a call that is tried again";
}

TEST_F(ReportLedgerTest, KnowsAWholeLogAgainAlthoughItsRowsAllHaveOneTime) {
  const ReportedRow up{At(1), "acc", "0.9"};
  const ReportedRow down{At(1), "acc", "0.5"};
  Report({down, up, down});

  EXPECT_THAT(Report({down, up, down, up, down}), ElementsAre("0.9", "0.5"));
  EXPECT_THAT(Report({down, up, down, up, down}), IsEmpty());
  EXPECT_THAT(Report({up, up}), ElementsAre("0.9", "0.9"));
}

TEST_F(ReportLedgerTest, KnowsARowAgainByATimeThatIsFineOrPast) {
  const Time fine = At(1) + std::chrono::milliseconds(1);
  Report({{At(0), "acc", "0.4"}});
  Report({{fine, "acc", "0.5"}});
  Report({{fine, "acc", "0.9"}});

  EXPECT_THAT(Report({{fine, "acc", "0.5"}}), IsEmpty());
  EXPECT_THAT(Report({{At(0), "acc", "0.4"}}), IsEmpty());
}

TEST_F(ReportLedgerTest, TellsRowsApartByTimeMetricAndValue) {
  Report({{At(1), "loss", "3"}});

  EXPECT_THAT(Report({{At(2), "loss", "3"}}), ElementsAre("3"));
  EXPECT_THAT(Report({{At(1), "accuracy", "3"}}), ElementsAre("3"));
  EXPECT_THAT(Report({{At(1), "loss", "3.0"}}), ElementsAre("3.0"));
  EXPECT_THAT(Report({{At(1), "los", "s3"}}), ElementsAre("s3"));
}

TEST_F(ReportLedgerTest, KeepsEqualRowsOfOneReportAndAddsThemOnce) {
  const ReportedRow row{At(0), "loss", "3"};

  EXPECT_THAT(Report({row, row}), ElementsAre("3", "3"));
  EXPECT_THAT(Report({row, row}), IsEmpty());
  EXPECT_THAT(Report({row}), IsEmpty());
  EXPECT_THAT(Report({row, row, row}), ElementsAre("3"));
  EXPECT_EQ(ledger_.rows(), 3U);
}

TEST_F(ReportLedgerTest, GivesRowsWithoutATimeThatOfTheirArrival) {
  Report({{kNone, "loss", "3"}, {At(7), "loss", "2"}});

  EXPECT_EQ(stored_[0].time, At(1001));
  EXPECT_EQ(stored_[1].time, At(7));
}

TEST_F(ReportLedgerTest, KnowsTheNewestRowsAgainWithoutATime) {
  const std::vector<ReportedRow> report = {{kNone, "loss", "3"}, {At(7), "loss", "2"}};
  Report({{kNone, "loss", "4"}});
  Report(report);

  EXPECT_THAT(Report(report), IsEmpty());
  EXPECT_THAT(Report({{kNone, "loss", "4"}}), ElementsAre("4"));
  EXPECT_THAT(Report({{kNone, "loss", "3"}, {At(8), "loss", "2"}}), ElementsAre("3", "2"));
}

TEST_F(ReportLedgerTest, AddsAnOlderValueAgainIfItHasNoTime) {
  Report({{kNone, "loss", "3"}});
  Report({{kNone, "loss", "2"}});

  EXPECT_THAT(Report({{kNone, "loss", "3"}}), ElementsAre("3"));
}

TEST_F(ReportLedgerTest, IsTheSameWhenItIsMadeFromTheLog) {
  const std::vector<ReportedRow> report = {
      {kNone, "loss", "3"}, {At(7), "loss", "2"}, {At(7), "loss", "2"}};
  Report(report);

  const ReportLedger again(stored_);

  EXPECT_THAT(again.FindNew(report, At(9999)), IsEmpty());
  EXPECT_EQ(again.FindNew({{report[1], report[1], report[1]}}, At(9999)).size(), 1U);
  EXPECT_EQ(again.rows(), 3U);
  EXPECT_EQ(again.bytes(), 15U);
}

}  // namespace
}  // namespace hone::db
