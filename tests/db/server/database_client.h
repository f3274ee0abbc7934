// DatabaseClient: a DBManager on loopback over a store in a file of its own, and the requests of
// Katib's collectors and SDK. Belongs to one test.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "db/server/observation_log_service.h"
#include "db/sqlite/sqlite_store.h"
#include "proto/api/v1beta1/api.grpc.pb.h"
#include "proto/rpc/server.h"
#include "tests/db/standing_clock.h"
#include "tests/temporary_folder.h"

namespace hone::db {

/// A row as a client sends it; `time` empty: without a time.
struct SentRow {
  std::string time;
  std::string metric;
  std::string value;
  bool operator==(const SentRow&) const = default;
};

inline void PrintTo(const SentRow& row, std::ostream* out) {
  *out << row.time << " " << row.metric << "=" << row.value;
}

/// The logs of a store, with injected failures and a count of reads.
class WatchedLogs final : public ObservationLogs {
 public:
  explicit WatchedLogs(ObservationLogs& logs) : logs_(logs) {}

  Status Append(const LogKey& key, std::span<const Observation> rows) override {
    if (fails_before) {
      return Fail(Code::kFailedPrecondition, "takes no more");
    }
    const Status status = logs_.Append(key, rows);
    return loses_answer ? Status(Fail(Code::kUnavailable, "answer lost")) : status;
  }
  Result<std::vector<Observation>> List(const LogKey& key) override {
    ++lists;
    if (key.trial == waits_for) {
      is_listing = true;
      is_listing.notify_all();
      may_list.wait(false);
    }
    return logs_.List(key);
  }
  Result<std::uint64_t> Count(const LogKey& key) override { return logs_.Count(key); }
  Result<LogSize> Measure(const LogKey& key) override {
    LogSize size = logs_.Measure(key).value();
    size.rows += has_more.rows;
    size.characters += has_more.characters;
    return size;
  }
  Status Delete(const LogKey& key) override { return logs_.Delete(key); }

  bool fails_before = false;
  bool loses_answer = false;
  int lists = 0;
  /// Added to the true size of every log.
  LogSize has_more{};
  /// The trial whose rows are listed only when `may_list` is set.
  std::string waits_for;
  std::atomic<bool> is_listing = false;
  std::atomic<bool> may_list = false;

 private:
  ObservationLogs& logs_;
};

class DatabaseClient : public testing::Test {
 protected:
  DatabaseClient() { Start(); }

  /// Ends a running server, and starts one on the same file.
  void Start() {
    server_.reset();
    service_.reset();
    store_.reset();
    store_ = OpenSqliteStore(folder_ / "store.db", SqliteAccess::kReadWrite).value();
    logs_ = std::make_unique<WatchedLogs>(store_->observation_logs());
    service_ = MakeObservationLogService(outbox_, callers_, *logs_, clock_);
    grpc::Service* const services[] = {service_.get()};
    server_ =
        rpc::Server::Start({.listen = {{.host = "127.0.0.1"}}}, services, kObservationLogHealth)
            .value();
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    stub_ = api::v1::beta1::DBManager::NewStub(grpc::CreateCustomChannel(
        server_->Addresses().front(), grpc::InsecureChannelCredentials(), arguments));
  }

  grpc::Status Report(const std::string& trial, const std::vector<SentRow>& rows) {
    api::v1::beta1::ReportObservationLogRequest request;
    request.set_trial_name(trial);
    for (const SentRow& row : rows) {
      api::v1::beta1::MetricLog& log = *request.mutable_observation_log()->add_metric_logs();
      log.set_time_stamp(row.time);
      log.mutable_metric()->set_name(row.metric);
      log.mutable_metric()->set_value(row.value);
    }
    return Send(request);
  }
  grpc::Status Send(const api::v1::beta1::ReportObservationLogRequest& request) {
    grpc::ClientContext call;
    api::v1::beta1::ReportObservationLogReply reply;
    return stub_->ReportObservationLog(&call, request, &reply);
  }

  grpc::Status Get(const api::v1::beta1::GetObservationLogRequest& request,
                   std::vector<SentRow>& rows) {
    grpc::ClientContext call;
    api::v1::beta1::GetObservationLogReply reply;
    grpc::Status status = stub_->GetObservationLog(&call, request, &reply);
    EXPECT_EQ(status.ok(), reply.has_observation_log());
    for (const api::v1::beta1::MetricLog& log : reply.observation_log().metric_logs()) {
      rows.push_back({log.time_stamp(), log.metric().name(), log.metric().value()});
    }
    return status;
  }
  /// An empty argument is no restriction.
  std::vector<SentRow> Rows(const std::string& trial,
                            const std::string& metric = "",
                            const std::string& start = "",
                            const std::string& end = "") {
    api::v1::beta1::GetObservationLogRequest request;
    request.set_trial_name(trial);
    request.set_metric_name(metric);
    request.set_start_time(start);
    request.set_end_time(end);
    std::vector<SentRow> rows;
    const grpc::Status status = Get(request, rows);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return rows;
  }

  grpc::Status Delete(const std::string& trial) {
    grpc::ClientContext call;
    api::v1::beta1::DeleteObservationLogRequest request;
    request.set_trial_name(trial);
    api::v1::beta1::DeleteObservationLogReply reply;
    return stub_->DeleteObservationLog(&call, request, &reply);
  }

  [[nodiscard]] WatchedLogs& logs() { return *logs_; }
  [[nodiscard]] rpc::Outbox& outbox() { return outbox_; }

  StandingClock clock_;

 private:
  TemporaryFolder folder_;
  rpc::Outbox outbox_;
  access::Callers callers_;
  std::unique_ptr<SqlStore> store_;
  std::unique_ptr<WatchedLogs> logs_;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<api::v1::beta1::DBManager::Stub> stub_;
};

}  // namespace hone::db
