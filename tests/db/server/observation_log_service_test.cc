#include "db/server/observation_log_service.h"

#include <thread>

#include <gmock/gmock.h>

#include "db/server/report_reader.h"
#include "tests/db/server/database_client.h"

namespace hone::db {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ObservationLogService : public DatabaseClient {
 protected:
  void ExpectReported(const std::string& trial, const std::vector<SentRow>& rows) {
    const grpc::Status status = Report(trial, rows);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
  /// The status of a call for the log of "another" during the read of the log of "one".
  grpc::StatusCode CodeOfAnotherWhileOneIsRead() {
    logs().waits_for = "one";
    std::thread first([this] { EXPECT_THAT(Rows("one"), IsEmpty()); });
    logs().is_listing.wait(false);
    api::v1::beta1::GetObservationLogRequest request;
    request.set_trial_name("another");
    std::vector<SentRow> rows;
    const grpc::Status status = Get(request, rows);
    logs().may_list = true;
    logs().may_list.notify_all();
    first.join();
    return status.error_code();
  }
};

void ExpectRefused(const grpc::Status& status, const std::string& message) {
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), message);
}

TEST_F(ObservationLogService, ReadsBackWhatWasReported) {
  ExpectReported("t-1", {{"2026-11-22T12:28:06Z", "loss", "0.50"}});
  ExpectReported("t-1", {{"2026-11-22T12:28:07.5Z", "loss", "nan"}});
  ExpectReported("t-2", {{"2026-11-22T12:28:07Z", "loss", ""}});

  EXPECT_THAT(Rows("t-1"),
              ElementsAre(SentRow{"2026-11-22T12:28:06Z", "loss", "0.50"},
                          SentRow{"2026-11-22T12:28:07.500Z", "loss", "nan"}));
  EXPECT_THAT(Rows("t-2"), SizeIs(1));
  EXPECT_THAT(Rows("t-3"), IsEmpty());
}

TEST_F(ObservationLogService, ReadsTimesAsCollectorsAndTheSdkWriteThem) {
  ExpectReported("t-1",
                 {{"0001-01-01T00:00:00Z", "a", "1"},
                  {"2026-11-22T14:28:06.123456789+02:00", "b", "2"},
                  {"1970-01-01T00:00:00Z", "c", "3"},
                  {"", "d", "4"}});

  EXPECT_THAT(Rows("t-1"),
              ElementsAre(SentRow{"0001-01-01T00:00:00Z", "a", "1"},
                          SentRow{"1970-01-01T00:00:00Z", "c", "3"},
                          SentRow{"2026-11-22T12:28:06.123456Z", "b", "2"},
                          SentRow{"2027-01-15T08:00:00Z", "d", "4"}));
}

TEST_F(ObservationLogService, ReadsOneLogOfManyRowsAtATime) {
  logs().has_more = {.rows = kLongLogRows};

  EXPECT_EQ(CodeOfAnotherWhileOneIsRead(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(Rows("another"), IsEmpty());
}

TEST_F(ObservationLogService, ReadsOneLogOfManyBytesAtATime) {
  logs().has_more = {.characters = kLongLogCharacters};

  EXPECT_EQ(CodeOfAnotherWhileOneIsRead(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(Rows("another"), IsEmpty());
}

TEST_F(ObservationLogService, ReadsShortLogsSideBySide) {
  logs().has_more = {.rows = kLongLogRows - 1, .characters = kLongLogCharacters - 1};

  EXPECT_EQ(CodeOfAnotherWhileOneIsRead(), grpc::StatusCode::OK);
}

TEST_F(ObservationLogService, SortsByTimeAndThenByArrival) {
  const std::string late = "2026-01-01T00:00:02Z";
  const std::string early = "2026-01-01T00:00:01Z";
  ExpectReported("t-1", {{late, "x", "1"}, {late, "x", "0"}, {early, "x", "3"}});
  ExpectReported("t-1", {{early, "x", "2"}});

  EXPECT_THAT(Rows("t-1"),
              ElementsAre(SentRow{early, "x", "3"},
                          SentRow{early, "x", "2"},
                          SentRow{late, "x", "1"},
                          SentRow{late, "x", "0"}));
}

TEST_F(ObservationLogService, FindsByMetricAndTimeWithBothEnds) {
  ExpectReported("t-1",
                 {{"2026-01-01T00:00:01Z", "loss", "1"},
                  {"2026-01-01T00:00:02Z", "loss", "2"},
                  {"2026-01-01T00:00:02Z", "accuracy", "3"},
                  {"2026-01-01T00:00:03Z", "loss", "4"}});

  EXPECT_THAT(Rows("t-1", "loss"), SizeIs(3));
  EXPECT_THAT(Rows("t-1", "los"), IsEmpty());
  EXPECT_THAT(Rows("t-1", "", "2026-01-01T00:00:02Z"), SizeIs(3));
  EXPECT_THAT(Rows("t-1", "", "", "2026-01-01T01:00:02+01:00"), SizeIs(3));
  EXPECT_THAT(Rows("t-1", "loss", "2026-01-01T00:00:02Z", "2026-01-01T00:00:02Z"),
              ElementsAre(SentRow{"2026-01-01T00:00:02Z", "loss", "2"}));
  EXPECT_THAT(Rows("t-1", "", "2026-01-01T00:00:03Z", "2026-01-01T00:00:02Z"), IsEmpty());
}

TEST_F(ObservationLogService, RefusesNamesThatNameNothing) {
  ExpectRefused(Report("", {}), "trial_name: must not be empty");
  ExpectRefused(Report(std::string(513, 'x'), {}),
                "trial_name: has 513 bytes, must have at most 512");
  ExpectRefused(Report(std::string("a\0b", 3), {}),
                "trial_name: must not contain the character NUL");
  ExpectRefused(Delete(""), "trial_name: must not be empty");
  std::vector<SentRow> none;
  ExpectRefused(Get({}, none), "trial_name: must not be empty");
}

TEST_F(ObservationLogService, NamesTheFieldOfARowThatIsWrong) {
  const SentRow good{"", "loss", "1"};
  const std::string log = "observation_log.metric_logs";

  ExpectRefused(Report("t-1", {good, good, good, {"", "", "1"}}),
                log + "[3].metric.name: must not be empty");
  ExpectRefused(Report("t-1", {{"", std::string(256, 'm'), "1"}}),
                log + "[0].metric.name: has 256 bytes, must have at most 255");
  ExpectRefused(Report("t-1", {good, {"", "loss", std::string(65'536, '9')}}),
                log + "[1].metric.value: has 65536 bytes, must have at most 65535");
  ExpectRefused(Report("t-1", {{"", "loss", std::string(1, '\0')}}),
                log + "[0].metric.value: must not contain the character NUL");
  ExpectRefused(Report("t-1", {good, {"yesterday", "loss", "1"}}),
                log +
                    "[1].time_stamp: is \"yesterday\", must be RFC 3339, such as "
                    "2026-11-22T12:28:06.5Z");
  ExpectRefused(Report("t-1", {{std::string(65, 'y'), "loss", "1"}}),
                log +
                    "[0].time_stamp: has 65 bytes, must be RFC 3339, such as "
                    "2026-11-22T12:28:06.5Z");
  EXPECT_THAT(Rows("t-1"), IsEmpty());
}

TEST_F(ObservationLogService, NamesTheTimeOfAQuestionThatIsWrong) {
  api::v1::beta1::GetObservationLogRequest request;
  request.set_trial_name("t-1");
  std::vector<SentRow> rows;
  request.set_start_time("2026-01-01");
  EXPECT_THAT(Get(request, rows).error_message(), HasSubstr("start_time: is \"2026-01-01\""));

  request.set_start_time("");
  request.set_end_time("2026-01-01 00:00:00");

  EXPECT_THAT(Get(request, rows).error_message(), HasSubstr("end_time: is"));
}

TEST_F(ObservationLogService, TakesReportsOfUpToAHundredThousandRows) {
  api::v1::beta1::ReportObservationLogRequest request;
  request.set_trial_name("t-1");
  for (int i = 0; i <= kReportRowsMax; ++i) {
    request.mutable_observation_log()->add_metric_logs();
  }

  EXPECT_THAT(Send(request).error_message(), HasSubstr("has 100001 rows, must have at most"));
  ExpectReported("t-1", {});
  EXPECT_THAT(Rows("t-1"), IsEmpty());
}

TEST_F(ObservationLogService, TakesNoMoreThanItCanTellInOneReply) {
  const std::string longest(65'535, '9');
  std::vector<SentRow> rows;
  for (int i = 0; i < 1'000; ++i) {
    rows.push_back({"", std::to_string(i), longest});
  }
  ExpectReported("t-1", rows);
  ExpectReported("t-1", {rows.begin(), rows.end() - 1});
  rows.resize(100);

  const grpc::Status status = Report("t-1", rows);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(),
              AllOf(HasSubstr("trial t-1"), HasSubstr("it has 1999"), HasSubstr("128 MiB")));
  EXPECT_THAT(Rows("t-1"), SizeIs(1'999));
}

TEST_F(ObservationLogService, AddsNothingForARepeatedReport) {
  const std::vector<SentRow> timed = {{"2026-01-01T00:00:01Z", "loss", "1"},
                                      {"2026-01-01T00:00:01Z", "loss", "1"}};
  const std::vector<SentRow> untimed = {{"", "loss", "2"}, {"", "loss", "1"}};
  ExpectReported("t-1", timed);
  ExpectReported("t-1", untimed);
  clock_.now += std::chrono::seconds(1);

  ExpectReported("t-1", untimed);
  ExpectReported("t-1", timed);
  Start();
  ExpectReported("t-1", untimed);
  ExpectReported("t-1", timed);

  EXPECT_THAT(Rows("t-1"), SizeIs(4));
}

TEST_F(ObservationLogService, RepeatsAReportWhoseAnswerWasLost) {
  const std::vector<SentRow> rows = {{"2026-01-01T00:00:01Z", "a", "1"}, {"", "b", "2"}};
  ExpectReported("t-1", {{"", "b", "1"}});
  logs().loses_answer = true;
  EXPECT_EQ(Report("t-1", rows).error_code(), grpc::StatusCode::UNAVAILABLE);

  logs().loses_answer = false;
  ExpectReported("t-1", rows);

  EXPECT_THAT(Rows("t-1"), SizeIs(3));
}

TEST_F(ObservationLogService, PassesOnWhyALogTakesNoMore) {
  const std::vector<SentRow> rows = {{"2026-01-01T00:00:01Z", "a", "1"}};
  logs().fails_before = true;
  const grpc::Status status = Report("t-1", rows);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "takes no more");

  logs().fails_before = false;
  ExpectReported("t-1", rows);

  EXPECT_THAT(Rows("t-1"), SizeIs(1));
}

TEST_F(ObservationLogService, TakesTheNamespaceFromTheNameIfItHasOne) {
  const std::vector<SentRow> rows = {{"2026-01-01T00:00:01Z", "a", "1"}};
  ExpectReported("t-1", rows);
  ExpectReported("default/t-1", rows);
  ExpectReported("team/t-1", rows);

  EXPECT_EQ(Rows("default/t-1"), rows);
  EXPECT_EQ(Rows("team/t-1"), rows);
  EXPECT_EQ(logs().Count({"default", "t-1"}).value(), 1);
  EXPECT_EQ(logs().Count({"team", "t-1"}).value(), 1);
}

TEST_F(ObservationLogService, BeginsNoCallAfterItsOutboxIsClosed) {
  const std::vector<SentRow> rows = {{"2026-01-01T00:00:01Z", "a", "1"}};
  ExpectReported("t-1", rows);

  outbox().Close();

  const grpc::Status status = Report("t-2", rows);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(status.error_message(), "the server is stopping; call again when it is back");
  EXPECT_EQ(logs().Count({.trial = "t-1"}).value(), 1);
  EXPECT_EQ(logs().Count({.trial = "t-2"}).value(), 0);
}

TEST_F(ObservationLogService, DeletesALogAndAcceptsItsRowsAgain) {
  const std::vector<SentRow> rows = {{"2026-01-01T00:00:01Z", "a", "1"}};
  ExpectReported("t-1", rows);
  ExpectReported("t-2", rows);

  EXPECT_TRUE(Delete("t-1").ok());
  EXPECT_TRUE(Delete("never seen").ok());

  EXPECT_THAT(Rows("t-1"), IsEmpty());
  EXPECT_THAT(Rows("t-2"), SizeIs(1));
  ExpectReported("t-1", rows);
  EXPECT_THAT(Rows("t-1"), SizeIs(1));
}

TEST_F(ObservationLogService, ReadsALogOnceHoweverOftenItGrows) {
  for (int i = 0; i < 200; ++i) {
    ExpectReported("t-1", {{"", "loss", std::to_string(i)}});
  }

  EXPECT_EQ(logs().lists, 1);
  EXPECT_THAT(Rows("t-1"), SizeIs(200));
}

TEST_F(ObservationLogService, AddsEachRowOnceWhenManyReportTheSameAtOnce) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 10; i < 40; ++i) {
        ExpectReported("t-1", {{"2026-01-01T00:00:" + std::to_string(i) + "Z", "loss", "1"}});
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  EXPECT_THAT(Rows("t-1"), SizeIs(30));
}

}  // namespace
}  // namespace hone::db
