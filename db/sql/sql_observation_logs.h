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

  Status Append(const std::string& trial, std::span<const Observation> rows) override;
  Result<std::vector<Observation>> List(const std::string& trial) override;
  Result<std::uint64_t> Count(const std::string& trial) override;
  Result<LogSize> Measure(const std::string& trial) override;
  Status Delete(const std::string& trial) override;

 private:
  Database& database_;
};

}  // namespace hone::db
