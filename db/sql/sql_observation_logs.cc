#include "db/sql/sql_observation_logs.h"

#include <cstdint>
#include <unordered_map>

#include "db/sql/rows.h"
#include "db/sql/statements.h"

namespace hone::db {

namespace {

/// The sequence of the newest row, which is how many there are.
Result<std::int64_t> ReadEnd(Driver& driver, const std::string& trial) {
  std::int64_t sequence = 0;
  HONE_RETURN_IF_ERROR(driver.Query(sql::kReadLogEnd, {trial}, [&](const Row& row) -> Status {
    sequence = row.Integer(0);
    return {};
  }));
  return sequence;
}

}  // namespace

Status SqlObservationLogs::Append(const std::string& trial, std::span<const Observation> rows) {
  if (rows.empty()) {
    return {};
  }
  return database_.Write([&](Driver& driver) -> Status {
    HONE_ASSIGN_OR_RETURN(std::int64_t sequence, ReadEnd(driver, trial));
    for (const Observation& row : rows) {
      ++sequence;
      HONE_RETURN_IF_ERROR(driver.Execute(
          sql::kInsertLogRow, {trial, sequence, ToInteger(row.time), row.metric, row.value}));
    }
    return {};
  });
}

Result<std::vector<Observation>> SqlObservationLogs::List(const std::string& trial) {
  std::vector<Observation> found;
  HONE_RETURN_IF_ERROR(database_.Read([&](Driver& driver) {
    return driver.Query(sql::kListLog, {trial}, [&](const Row& row) -> Status {
      found.push_back(ReadObservationRow(row));
      return {};
    });
  }));
  std::unordered_map<std::string, std::int64_t> steps;
  for (Observation& observation : found) {
    observation.step = ++steps[observation.metric];
  }
  return found;
}

Result<std::uint64_t> SqlObservationLogs::Count(const std::string& trial) {
  std::int64_t count = 0;
  HONE_RETURN_IF_ERROR(database_.Read([&](Driver& driver) -> Status {
    HONE_ASSIGN_OR_RETURN(count, ReadEnd(driver, trial));
    return {};
  }));
  return static_cast<std::uint64_t>(count);
}

Result<LogSize> SqlObservationLogs::Measure(const std::string& trial) {
  LogSize size;
  HONE_RETURN_IF_ERROR(database_.Read([&](Driver& driver) {
    return driver.Query(sql::kMeasureLog, {trial}, [&](const Row& row) -> Status {
      size = {.rows = static_cast<std::uint64_t>(row.Integer(0)),
              .characters = static_cast<std::uint64_t>(row.Integer(1))};
      return {};
    });
  }));
  return size;
}

Status SqlObservationLogs::Delete(const std::string& trial) {
  return database_.Write([&](Driver& driver) -> Status {
    HONE_RETURN_IF_ERROR(driver.Execute(sql::kDeleteLog, {trial}));
    return {};
  });
}

}  // namespace hone::db
