#include "db/sqlite/sqlite_store.h"

#include <utility>

#include "db/sql/migrations.h"
#include "db/sql/sql_store.h"
#include "db/sqlite/sqlite_database.h"
#include "db/sqlite/store_reader.h"
#include "proto/model/time.h"

namespace hone::db {
namespace {

const Clock& TheClock() {
  static const SystemClock clock;
  return clock;
}

Status MigrateInTransaction(Driver& driver) {
  HONE_RETURN_IF_ERROR(driver.Begin());
  Status status = Migrate(driver, TheClock().Now());
  if (status) {
    status = driver.Commit();
  }
  if (!status) {
    driver.Rollback();
  }
  return status;
}

/// Only what a store was made for may be changed: nothing is written before that is known.
Status Prepare(SqliteDriver& driver) {
  HONE_ASSIGN_OR_RETURN(const Contents contents, Inspect(driver));
  if (contents == Contents::kOther) {
    return CheckIsStore(driver);
  }
  if (driver.is_read_only()) {
    return Fail(Code::kPermissionDenied,
                "it may only be read; make it writable or choose another file");
  }
  // Of a new store. A commit writes every page it touches to the WAL, whole: smaller pages cost
  // less, and 2 KB still hold the row of a trial.
  HONE_RETURN_IF_ERROR(driver.Execute("PRAGMA page_size = 2048", {}));
  HONE_RETURN_IF_ERROR(driver.UseWal());
  // The flusher syncs the WAL; a checkpoint still syncs before and after it moves pages.
  HONE_RETURN_IF_ERROR(driver.Execute("PRAGMA synchronous = NORMAL", {}));
  if (contents == Contents::kStore && CheckSchema(driver)) {
    return {};
  }
  return MigrateInTransaction(driver);
}

Result<std::unique_ptr<Store>> OpenForWriting(const std::filesystem::path& path) {
  HONE_RETURN_IF_ERROR(CheckPlace(path));
  HONE_ASSIGN_OR_RETURN(auto driver, SqliteDriver::Open(path, {}));
  HONE_RETURN_IF_ERROR(Prepare(*driver));
  HONE_ASSIGN_OR_RETURN(auto database, SqliteDatabase::ForWriting(path, std::move(driver)));
  return std::make_unique<SqlStore>(std::move(database), TheClock());
}

Result<std::unique_ptr<Store>> OpenForReading(const std::filesystem::path& path) {
  HONE_ASSIGN_OR_RETURN(StoreReader reader, OpenStoreReader(path, CheckIsReadable));
  return std::make_unique<SqlStore>(
      SqliteDatabase::ForReading(path, reader.options, std::move(reader.driver)), TheClock());
}

}  // namespace

Result<std::unique_ptr<Store>> OpenSqliteStore(const std::filesystem::path& path,
                                               SqliteAccess access) {
  const auto open = [&]() -> Result<std::unique_ptr<Store>> {
    return access == SqliteAccess::kReadWrite ? OpenForWriting(path) : OpenForReading(path);
  };
  Result<std::unique_ptr<Store>> store = open();
  if (!store) {
    return Wrap("open store " + path.string(), store.error());
  }
  return store;
}

Result<std::string> StoreId(Store& store) {
  auto* const sql_store = dynamic_cast<SqlStore*>(&store);
  if (sql_store == nullptr) {
    return Fail(Code::kUnimplemented, "a store in memory has no id");
  }
  return sql_store->StoreId();
}

ObservationLogs& LogsOf(Store& store) {
  auto* const sql_store = dynamic_cast<SqlStore*>(&store);
  HONE_CHECK(sql_store != nullptr);
  return sql_store->observation_logs();
}

}  // namespace hone::db
