#include "db/sqlite/sqlite_store.h"

#include <utility>

#include "db/sql/migrations.h"
#include "db/sqlite/sqlite_database.h"
#include "db/sqlite/store_reader.h"
#include "proto/core/time.h"

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

/// Refuses a database that is not a store before anything is written to it.
Status Prepare(SqliteDriver& driver) {
  HONE_ASSIGN_OR_RETURN(const Contents contents, Inspect(driver));
  if (contents == Contents::kOther) {
    return CheckIsStore(driver);
  }
  if (driver.is_read_only()) {
    return Fail(Code::kPermissionDenied,
                "it is read-only; make it writable or choose another file");
  }
  // Only for a new store. A commit writes every page that it changes to the WAL as a whole: smaller
  // pages cost less, and 2 KB still hold the row of a trial.
  HONE_RETURN_IF_ERROR(driver.Execute("PRAGMA page_size = 2048", {}));
  HONE_RETURN_IF_ERROR(driver.UseWal());
  // The flusher syncs the WAL; a checkpoint still syncs before and after it moves pages.
  HONE_RETURN_IF_ERROR(driver.Execute("PRAGMA synchronous = NORMAL", {}));
  if (contents == Contents::kStore && CheckSchema(driver)) {
    return {};
  }
  return MigrateInTransaction(driver);
}

Result<std::unique_ptr<Database>> OpenForWriting(const std::filesystem::path& path) {
  HONE_RETURN_IF_ERROR(CheckPlace(path));
  HONE_ASSIGN_OR_RETURN(auto driver, SqliteDriver::Open(path, {}));
  HONE_RETURN_IF_ERROR(Prepare(*driver));
  return SqliteDatabase::ForWriting(path, std::move(driver));
}

Result<std::unique_ptr<Database>> OpenForReading(const std::filesystem::path& path) {
  HONE_ASSIGN_OR_RETURN(StoreReader reader, OpenStoreReader(path, CheckIsReadable));
  return SqliteDatabase::ForReading(path, reader.options, std::move(reader.driver));
}

}  // namespace

Result<std::unique_ptr<SqlStore>> OpenSqliteStore(const std::filesystem::path& path,
                                                  SqliteAccess access,
                                                  const SqliteOptions& options) {
  Result<std::unique_ptr<Database>> database =
      access == SqliteAccess::kReadWrite ? OpenForWriting(path) : OpenForReading(path);
  if (!database) {
    return Wrap("open store " + path.string(), database.error());
  }
  const Clock& clock = options.clock != nullptr ? *options.clock : TheClock();
  return std::make_unique<SqlStore>(*std::move(database), clock, options.retention);
}

}  // namespace hone::db
