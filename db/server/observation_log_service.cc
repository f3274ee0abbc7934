#include "db/server/observation_log_service.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "db/server/ledger_cache.h"
#include "db/server/report_reader.h"
#include "proto/api/v1beta1/api.grpc.pb.h"
#include "proto/rpc/answer.h"
#include "proto/rpc/door.h"

namespace hone::db {
namespace {

namespace api = ::api::v1::beta1;

/// Stored rows always have a time, so the zero value stands for the start of 1970.
std::string TimeStamp(Time time) {
  return time == Time() ? "1970-01-01T00:00:00Z" : FormatTime(time);
}

Status CheckSize(const LogKey& key, const ReportLedger& ledger, std::span<const Observation> more) {
  std::size_t bytes = ledger.bytes();
  for (const Observation& row : more) {
    bytes += row.metric.size() + row.value.size();
  }
  if (ledger.rows() + more.size() > kLogRowsMax || bytes > kLogBytesMax) {
    return Fail(Code::kResourceExhausted,
                "adding " + std::to_string(more.size()) + " rows to the log of trial " +
                    key.ToString() + ": it has " + std::to_string(ledger.rows()) +
                    ", and may have " + std::to_string(kLogRowsMax) + " rows and " +
                    std::to_string(kLogBytesMax >> 20) +
                    " MiB in all; delete it or report less often");
  }
  return {};
}

/// The rows that a request selects.
struct Filter {
  std::string_view metric;
  std::optional<Time> start;
  std::optional<Time> end;

  [[nodiscard]] bool Lets(const Observation& row) const {
    return (metric.empty() || row.metric == metric) && (!start || row.time >= *start) &&
           (!end || row.time <= *end);
  }
};

Result<Filter> ReadFilter(const api::GetObservationLogRequest& request) {
  Filter filter{request.metric_name(), {}, {}};
  HONE_ASSIGN_OR_RETURN(filter.start, ReadTimeStamp("start_time", request.start_time()));
  HONE_ASSIGN_OR_RETURN(filter.end, ReadTimeStamp("end_time", request.end_time()));
  return filter;
}

class ObservationLogService final : public api::DBManager::CallbackService {
 public:
  ObservationLogService(rpc::Outbox& outbox,
                        const access::Callers& callers,
                        ObservationLogs& logs,
                        const Clock& clock)
      : outbox_(outbox), callers_(callers), logs_(logs), clock_(clock) {}

  grpc::ServerUnaryReactor* ReportObservationLog(grpc::CallbackServerContext* call,
                                                 const api::ReportObservationLogRequest* request,
                                                 api::ReportObservationLogReply* reply) override {
    return rpc::Answer(outbox_, *call, *reply, [&] { return Report(*call, *request); });
  }

  grpc::ServerUnaryReactor* GetObservationLog(grpc::CallbackServerContext* call,
                                              const api::GetObservationLogRequest* request,
                                              api::GetObservationLogReply* reply) override {
    return rpc::Answer(outbox_, *call, *reply, [&] { return Get(*call, *request, *reply); });
  }

  grpc::ServerUnaryReactor* DeleteObservationLog(grpc::CallbackServerContext* call,
                                                 const api::DeleteObservationLogRequest* request,
                                                 api::DeleteObservationLogReply* reply) override {
    return rpc::Answer(
        outbox_, *call, *reply, [&] { return Delete(*call, request->trial_name()); });
  }

 private:
  using Context = grpc::CallbackServerContext;

  /// The key of a trial's log, if the caller has role `needed` in its namespace.
  Result<LogKey> KeyFor(const Context& call, const std::string& trial, access::Role needed) {
    HONE_ASSIGN_OR_RETURN(const access::Caller caller, rpc::CallerOf(callers_, call));
    HONE_RETURN_IF_ERROR(CheckTrialName(trial));
    LogKey key = ParseLogKey(trial);
    HONE_RETURN_IF_ERROR(caller.Check(key.ns, needed));
    return key;
  }

  Status Report(const Context& call, const api::ReportObservationLogRequest& request) {
    HONE_ASSIGN_OR_RETURN(const LogKey key,
                          KeyFor(call, request.trial_name(), access::Role::kIngest));
    HONE_ASSIGN_OR_RETURN(const std::vector<ReportedRow> report, ReadReport(request));
    if (report.empty()) {
      return {};
    }
    return ledgers_.Use(key.ToString(), [&](std::optional<ReportLedger>& ledger) {
      return Append(key, report, ledger);
    });
  }

  Status Append(const LogKey& key,
                std::span<const ReportedRow> report,
                std::optional<ReportLedger>& ledger) {
    // Another writer may have added rows, or the trial may be a new one of the same name.
    HONE_ASSIGN_OR_RETURN(const std::uint64_t count, logs_.Count(key));
    if (!ledger || ledger->rows() != count) {
      HONE_ASSIGN_OR_RETURN(const std::vector<Observation> stored, logs_.List(key));
      ledger.emplace(stored);
    }
    const std::vector<Observation> rows = ledger->FindNew(report, clock_.Now());
    if (rows.empty()) {
      return {};
    }
    HONE_RETURN_IF_ERROR(CheckSize(key, *ledger, rows));
    Status appended = logs_.Append(key, rows);
    if (appended) {
      ledger->Add(rows);
    } else {
      ledger.reset();  // it is unknown which rows were stored
    }
    return appended;
  }

  Status Get(const Context& call,
             const api::GetObservationLogRequest& request,
             api::GetObservationLogReply& reply) {
    HONE_ASSIGN_OR_RETURN(const LogKey key,
                          KeyFor(call, request.trial_name(), access::Role::kRead));
    HONE_ASSIGN_OR_RETURN(const Filter filter, ReadFilter(request));
    HONE_ASSIGN_OR_RETURN(const LogSize size, logs_.Measure(key));
    if (size.rows < kLongLogRows && size.characters < kLongLogCharacters) {
      return Read(key, filter, reply);
    }
    if (is_reading_long_.exchange(true)) {
      return Fail(Code::kResourceExhausted,
                  "reading the log of trial " + key.ToString() + ": it has " +
                      std::to_string(size.rows) + " rows of " +
                      std::to_string(size.characters >> 20) +
                      " MiB, and another long log is being read; retry later");
    }
    Status read = Read(key, filter, reply);
    is_reading_long_ = false;
    return read;
  }

  Status Read(const LogKey& key, const Filter& filter, api::GetObservationLogReply& reply) {
    HONE_ASSIGN_OR_RETURN(std::vector<Observation> rows, logs_.List(key));
    std::erase_if(rows, [&](const Observation& row) { return !filter.Lets(row); });
    std::stable_sort(rows.begin(), rows.end(), [](const Observation& a, const Observation& b) {
      return a.time < b.time;
    });
    api::ObservationLog& log = *reply.mutable_observation_log();
    log.mutable_metric_logs()->Reserve(static_cast<int>(rows.size()));
    for (Observation& row : rows) {
      api::MetricLog& told = *log.add_metric_logs();
      told.set_time_stamp(TimeStamp(row.time));
      told.mutable_metric()->set_name(std::move(row.metric));
      told.mutable_metric()->set_value(std::move(row.value));
    }
    return {};
  }

  Status Delete(const Context& call, const std::string& trial) {
    HONE_ASSIGN_OR_RETURN(const LogKey key, KeyFor(call, trial, access::Role::kWrite));
    return ledgers_.Use(key.ToString(), [&](std::optional<ReportLedger>& ledger) {
      ledger.reset();
      return logs_.Delete(key);
    });
  }

  rpc::Outbox& outbox_;
  const access::Callers& callers_;
  ObservationLogs& logs_;
  const Clock& clock_;
  LedgerCache ledgers_;
  /// Reading a long log takes hundreds of megabytes, so only one is read at a time.
  std::atomic<bool> is_reading_long_ = false;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeObservationLogService(rpc::Outbox& outbox,
                                                         const access::Callers& callers,
                                                         ObservationLogs& logs,
                                                         const Clock& clock) {
  return std::make_unique<ObservationLogService>(outbox, callers, logs, clock);
}

}  // namespace hone::db
