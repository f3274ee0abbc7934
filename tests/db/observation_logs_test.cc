#include "db/store/observation_logs.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/sqlite/sqlite_driver.h"
#include "db/sqlite/sqlite_store.h"
#include "tests/db/nouns.h"
#include "tests/db/store_contract.h"
#include "tests/temporary_folder.h"

namespace hone::db {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Observation Row(std::string metric, std::string value, std::int64_t seconds = 0) {
  return {.metric = std::move(metric), .value = std::move(value), .time = At(seconds)};
}

class SqlObservationLogs : public testing::Test {
 protected:
  void Open(SqliteAccess access = SqliteAccess::kReadWrite) {
    store_.reset();
    store_ = OpenSqliteStore(file_, access).value();
  }
  [[nodiscard]] ObservationLogs& logs() { return store_->observation_logs(); }
  void Append(const std::string& trial, const std::vector<Observation>& rows) {
    const Status status = logs().Append(ParseLogKey(trial), rows);
    ASSERT_TRUE(status) << status.error().message;
  }

  TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_ / "store.db";
  std::unique_ptr<SqlStore> store_ = OpenSqliteStore(file_, SqliteAccess::kReadWrite).value();
};

TEST_F(SqlObservationLogs, NumberRowsByArrivalAndStepsByMetric) {
  Append("t-1", {Row("loss", "0.5", 9), Row("accuracy", "nan", 9)});
  Append("t-2", {Row("loss", "7")});
  Append("t-1", {Row("loss", "0.50", 3)});

  const Observation first{1, "loss", 1, "0.5", At(9)};
  const Observation second{2, "accuracy", 1, "nan", At(9)};
  const Observation third{3, "loss", 2, "0.50", At(3)};
  EXPECT_THAT(logs().List(ParseLogKey("t-1")).value(), ElementsAre(first, second, third));
  EXPECT_EQ(logs().List(ParseLogKey("t-2")).value().size(), 1U);
}

TEST(LogKey, IsReadFromTheNameThatItHas) {
  for (const std::string name : {"t-1", "team/t-1", "default/a/b", "team/a/b", "/t-1", "team/"}) {
    EXPECT_EQ(ParseLogKey(name).ToString(), name);
  }
  EXPECT_EQ(ParseLogKey("default/t-1").ToString(), "t-1");
  EXPECT_EQ(ParseLogKey("team/a/b"), (LogKey{"team", "a/b"}));
}

TEST_F(SqlObservationLogs, KeepTheSameNameOfTwoNamespacesApart) {
  Append("t-1", {Row("loss", "1")});
  Append("default/t-1", {Row("loss", "2")});
  Append("team/t-1", {Row("loss", "3")});
  Append("team/a/t-1", {Row("loss", "4")});

  EXPECT_EQ(logs().Count({"default", "t-1"}), 2U);
  EXPECT_EQ(logs().Count({"team", "t-1"}), 1U);
  EXPECT_EQ(logs().List({"team", "a/t-1"})->at(0).value, "4");
  ASSERT_TRUE(logs().Delete({"team", "t-1"}));
  EXPECT_EQ(logs().Count(ParseLogKey("t-1")), 2U);
}

TEST_F(SqlObservationLogs, KnowNothingOfATrialThatHasNotReported) {
  Append("t-1", {});

  EXPECT_THAT(logs().List(ParseLogKey("t-1")).value(), IsEmpty());
  EXPECT_THAT(logs().List(ParseLogKey("")).value(), IsEmpty());
}

TEST_F(SqlObservationLogs, KnowHowLongTheyAre) {
  Append("t-1", {Row("loss", "0.5"), Row("accuracy", "nan")});
  Append("t-2", {Row("loss", std::string(1'000, '7'))});

  const LogSize size = logs().Measure(ParseLogKey("t-1")).value();

  EXPECT_EQ(size.rows, 2U);
  EXPECT_EQ(size.characters, 18U);
  EXPECT_EQ(logs().Measure(ParseLogKey("t-2"))->characters, 1'004U);
  EXPECT_EQ(logs().Measure(ParseLogKey("t-3"))->rows, 0U);
  EXPECT_EQ(logs().Measure(ParseLogKey("t-3"))->characters, 0U);
}

TEST_F(SqlObservationLogs, RememberAfterTheStoreWasClosed) {
  const Time zero_of_go = *ParseTime("0001-01-01T00:00:00Z");
  Append("a/t-1", {{.metric = "m\xC3\xA9", .value = std::string(65'535, '9'), .time = zero_of_go}});

  Open(SqliteAccess::kReadOnly);

  const std::vector<Observation> rows = logs().List(ParseLogKey("a/t-1")).value();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].metric, "m\xC3\xA9");
  EXPECT_EQ(rows[0].value, std::string(65'535, '9'));
  EXPECT_EQ(rows[0].time, zero_of_go);
  EXPECT_EQ(CodeOf(logs().Append(ParseLogKey("t-1"), rows)), Code::kFailedPrecondition);
}

TEST_F(SqlObservationLogs, ForgetOneTrialAlone) {
  Append("t-1", {Row("loss", "1"), Row("loss", "2")});
  Append("t-10", {Row("loss", "3")});

  EXPECT_TRUE(logs().Delete(ParseLogKey("t-1")));
  EXPECT_TRUE(logs().Delete(ParseLogKey("never seen")));

  EXPECT_THAT(logs().List(ParseLogKey("t-1")).value(), IsEmpty());
  EXPECT_EQ(logs().List(ParseLogKey("t-10")).value().size(), 1U);
  Append("t-1", {Row("loss", "4")});
  EXPECT_EQ(logs().List(ParseLogKey("t-1")).value()[0].sequence, 1U);
}

TEST_F(SqlObservationLogs, KeepAllRowsOfAReportOrNone) {
  ASSERT_TRUE(SqliteDriver::Open(file_, {}).value()->Execute(
      "CREATE TRIGGER broken BEFORE INSERT ON observation_logs WHEN NEW.value = 'bad' "
      "BEGIN SELECT RAISE(FAIL, 'broken on purpose'); END",
      {}));

  const Status status =
      logs().Append(ParseLogKey("t-1"), std::vector{Row("loss", "good"), Row("loss", "bad")});

  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("broken on purpose"));
  EXPECT_THAT(logs().List(ParseLogKey("t-1")).value(), IsEmpty());
}

TEST_F(SqlObservationLogs, LoseNoRowOfManyThreads) {
  constexpr int kReports = 50;
  std::vector<std::thread> threads;

  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kReports; ++i) {
        Append("shared", {Row("loss", std::to_string(thread)), Row("loss", std::to_string(i))});
        Append("t-" + std::to_string(thread), {Row("loss", std::to_string(i))});
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  const std::vector<Observation> shared = logs().List(ParseLogKey("shared")).value();
  ASSERT_EQ(shared.size(), 8U * kReports);
  EXPECT_EQ(shared.back().sequence, shared.size());
  EXPECT_EQ(shared.back().step, 8 * kReports);
  for (int thread = 0; thread < 4; ++thread) {
    const std::vector<Observation> own =
        logs().List(ParseLogKey("t-" + std::to_string(thread))).value();
    ASSERT_EQ(own.size(), std::size_t{kReports});
    EXPECT_EQ(own.back().value, std::to_string(kReports - 1));
  }
}

}  // namespace
}  // namespace hone::db
