// SqlObservationLogs: the ObservationLogs on a SQL database, in a table of its own. Belongs to the
// SqlStore of the same database. Thread-safe.
#pragma once

#include "db/sql/database.h"
#include "db/store/observation_logs.h"

namespace hone::db {

class SqlObservationLogs final : public ObservationLogs {
 public:
  /// `database` must outlive this.
  explicit SqlObservationLogs(Database& database) : database_(database) {}

  Status Append(const LogKey& key, std::span<const Observation> rows) override;
  Result<std::vector<Observation>> List(const LogKey& key) override;
  Result<std::uint64_t> Count(const LogKey& key) override;
  Result<LogSize> Measure(const LogKey& key) override;
  Status Delete(const LogKey& key) override;

 private:
  Database& database_;
};

}  // namespace hone::db
