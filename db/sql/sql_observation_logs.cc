#include "db/sql/sql_observation_logs.h"

#include <cstdint>
#include <unordered_map>

#include "db/sql/rows.h"
#include "db/sql/statements.h"

namespace hone::db {

namespace {

/// The sequence of the newest row, which equals the number of rows.
Result<std::int64_t> ReadEnd(Driver& driver, const LogKey& key) {
  std::int64_t sequence = 0;
  HONE_RETURN_IF_ERROR(
      driver.Query(sql::kReadLogEnd, {key.ns, key.trial}, [&](const Row& row) -> Status {
        sequence = row.Integer(0);
        return {};
      }));
  return sequence;
}

}  // namespace

Status SqlObservationLogs::Append(const LogKey& key, std::span<const Observation> rows) {
  if (rows.empty()) {
    return {};
  }
  return database_.Write([&](Driver& driver) -> Status {
    HONE_ASSIGN_OR_RETURN(std::int64_t sequence, ReadEnd(driver, key));
    for (const Observation& row : rows) {
      ++sequence;
      HONE_RETURN_IF_ERROR(driver.Execute(
          sql::kInsertLogRow,
          {key.ns, key.trial, sequence, ToInteger(row.time), row.metric, row.value}));
    }
    return {};
  });
}

Result<std::vector<Observation>> SqlObservationLogs::List(const LogKey& key) {
  std::vector<Observation> found;
  HONE_RETURN_IF_ERROR(database_.Read([&](Driver& driver) {
    return driver.Query(sql::kListLog, {key.ns, key.trial}, [&](const Row& row) -> Status {
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

Result<std::uint64_t> SqlObservationLogs::Count(const LogKey& key) {
  std::int64_t count = 0;
  HONE_RETURN_IF_ERROR(database_.Read([&](Driver& driver) -> Status {
    HONE_ASSIGN_OR_RETURN(count, ReadEnd(driver, key));
    return {};
  }));
  return static_cast<std::uint64_t>(count);
}

Result<LogSize> SqlObservationLogs::Measure(const LogKey& key) {
  LogSize size;
  HONE_RETURN_IF_ERROR(database_.Read([&](Driver& driver) {
    return driver.Query(sql::kMeasureLog, {key.ns, key.trial}, [&](const Row& row) -> Status {
      size = {.rows = static_cast<std::uint64_t>(row.Integer(0)),
              .characters = static_cast<std::uint64_t>(row.Integer(1))};
      return {};
    });
  }));
  return size;
}

Status SqlObservationLogs::Delete(const LogKey& key) {
  return database_.Write([&](Driver& driver) -> Status {
    HONE_RETURN_IF_ERROR(driver.Execute(sql::kDeleteLog, {key.ns, key.trial}));
    return {};
  });
}

}  // namespace hone::db
