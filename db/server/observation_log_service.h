// ObservationLogService: api.v1.beta1.DBManager, where Katib's collectors and its SDK report the
// metrics of trials. A repeated report adds nothing. In its namespaces a caller may report with
// role ingest, read logs with role read, delete them with role write. Any thread; the constructor's
// arguments must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "db/store/observation_logs.h"
#include "proto/access/callers.h"
#include "proto/core/time.h"
#include "proto/rpc/outbox.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace hone::db {

/// The service names for health checks; Katib's own database manager uses the first one.
inline constexpr std::string_view kObservationLogHealth[] = {"grpc.health.v1.Health",
                                                             "api.v1.beta1.DBManager"};
/// Maximum rows per trial, so that a log can always be read back in one reply.
inline constexpr std::size_t kLogRowsMax = 2'000'000;
/// Maximum bytes of names and values per trial.
inline constexpr std::size_t kLogBytesMax = std::size_t{128} << 20;
/// Logs of at least this size are read one at a time; a concurrent read fails with
/// kResourceExhausted and asks the caller to retry.
inline constexpr std::uint64_t kLongLogRows = 200'000;
inline constexpr std::uint64_t kLongLogCharacters = std::uint64_t{16} << 20;

/// `clock` provides the time of rows that arrive without one.
std::unique_ptr<grpc::Service> MakeObservationLogService(rpc::Outbox& outbox,
                                                         const access::Callers& callers,
                                                         ObservationLogs& logs,
                                                         const Clock& clock);

}  // namespace hone::db
