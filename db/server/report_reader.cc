#include "db/server/report_reader.h"

#include "proto/api/v1beta1/api.pb.h"

namespace hone::db {
namespace {

namespace api = ::api::v1::beta1;

/// Longer texts are not quoted in errors.
constexpr std::size_t kQuotedBytesMax = 64;

tl::unexpected<Error> Fault(std::string_view field, const std::string& what) {
  return Fail(Code::kInvalidArgument, std::string(field) + ": " + what);
}

/// The fault of a text; empty if it has none.
std::string FaultOf(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    return "has " + std::to_string(text.size()) + " bytes, must have at most " +
           std::to_string(bytes_max);
  }
  return text.find('\0') == std::string_view::npos ? "" : "must not contain the character NUL";
}

std::string FaultOfName(std::string_view name, std::size_t bytes_max) {
  return name.empty() ? "must not be empty" : FaultOf(name, bytes_max);
}

/// An error names the field relative to the row.
Result<ReportedRow> ReadRow(const api::MetricLog& log) {
  ReportedRow row{{}, log.metric().name(), log.metric().value()};
  if (const std::string fault = FaultOfName(row.metric, kMetricNameBytesMax); !fault.empty()) {
    return Fault("metric.name", fault);
  }
  if (const std::string fault = FaultOf(row.value, kMetricValueBytesMax); !fault.empty()) {
    return Fault("metric.value", fault);
  }
  HONE_ASSIGN_OR_RETURN(row.time, ReadTimeStamp("time_stamp", log.time_stamp()));
  return row;
}

}  // namespace

Status CheckTrialName(std::string_view name) {
  const std::string fault = FaultOfName(name, kTrialNameBytesMax);
  return fault.empty() ? Status() : Fault("trial_name", fault);
}

Result<std::optional<Time>> ReadTimeStamp(std::string_view field, std::string_view text) {
  if (text.empty()) {
    return std::nullopt;
  }
  const std::optional<Time> time = ParseTime(text);
  if (!time) {
    const std::string found = text.size() <= kQuotedBytesMax
                                  ? "is \"" + std::string(text) + "\""
                                  : "has " + std::to_string(text.size()) + " bytes";
    return Fault(field, found + ", must be RFC 3339, such as 2026-11-22T12:28:06.5Z");
  }
  return time;
}

Result<std::vector<ReportedRow>> ReadReport(const api::ReportObservationLogRequest& request) {
  const auto& logs = request.observation_log().metric_logs();
  if (logs.size() > kReportRowsMax) {
    return Fault("observation_log.metric_logs",
                 "has " + std::to_string(logs.size()) + " rows, must have at most " +
                     std::to_string(kReportRowsMax) + "; send them in several reports");
  }
  std::vector<ReportedRow> rows;
  rows.reserve(static_cast<std::size_t>(logs.size()));
  for (const api::MetricLog& log : logs) {
    const Result<ReportedRow> row = ReadRow(log);
    if (!row) {
      const std::string place = "observation_log.metric_logs[" + std::to_string(rows.size()) + "].";
      return Fail(row.error().code, place + row.error().message);
    }
    rows.push_back(*row);
  }
  return rows;
}

}  // namespace hone::db
