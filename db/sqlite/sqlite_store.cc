#include "db/sqlite/sqlite_store.h"

#include <system_error>
#include <utility>

#include "db/sql/migrations.h"
#include "db/sql/sql_store.h"
#include "db/sqlite/file_system.h"
#include "db/sqlite/sqlite_database.h"
#include "proto/model/time.h"

namespace hone::db {
namespace {

constexpr std::string_view kCountTables =
    "SELECT count(*), coalesce(sum(name = 'schema_migrations'), 0) FROM sqlite_master "
    "WHERE type = 'table'";

const Clock& TheClock() {
  static const SystemClock clock;
  return clock;
}

enum class Contents { kNothing, kStore, kOther };

Result<Contents> Inspect(Driver& driver) {
  Contents contents = Contents::kNothing;
  HONE_RETURN_IF_ERROR(driver.Query(kCountTables, {}, [&](const Row& row) -> Status {
    if (row.Integer(0) > 0) {
      contents = row.Integer(1) > 0 ? Contents::kStore : Contents::kOther;
    }
    return {};
  }));
  return contents;
}

tl::unexpected<Error> NotAStore() {
  return Fail(Code::kFailedPrecondition,
              "it is a SQLite database, but not a store of hone; choose another file");
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
    return NotAStore();
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
  HONE_ASSIGN_OR_RETURN(auto driver, SqliteDriver::Open(path, {}));
  HONE_RETURN_IF_ERROR(Prepare(*driver));
  HONE_ASSIGN_OR_RETURN(auto database, SqliteDatabase::ForWriting(path, std::move(driver)));
  return std::make_unique<SqlStore>(std::move(database), TheClock());
}

Status CheckReadable(Driver& driver) {
  HONE_ASSIGN_OR_RETURN(const Contents contents, Inspect(driver));
  if (contents == Contents::kNothing) {
    // A store that is being made looks so for a moment.
    return Fail(Code::kNotFound, "it is empty; hone run makes a store of it");
  }
  return contents == Contents::kStore ? CheckSchema(driver) : NotAStore();
}

Result<std::unique_ptr<Store>> OpenForReading(const std::filesystem::path& path) {
  SqliteDriver::Options options{.read_only = true};
  HONE_ASSIGN_OR_RETURN(auto driver, SqliteDriver::Open(path, options));
  Status status = CheckReadable(*driver);
  std::error_code ignored;
  if (!status && status.error().code == Code::kPermissionDenied &&
      !std::filesystem::exists(path.string() + "-wal", ignored)) {
    // Even a reader of a WAL makes files beside it. In a folder where it may not, nobody else
    // writes either, and without a WAL the file has everything.
    options.immutable = true;
    HONE_ASSIGN_OR_RETURN(driver, SqliteDriver::Open(path, options));
    status = CheckReadable(*driver);
  }
  HONE_RETURN_IF_ERROR(status);
  return std::make_unique<SqlStore>(SqliteDatabase::ForReading(path, options, std::move(driver)),
                                    TheClock());
}

Status CheckPlace(const std::filesystem::path& path, SqliteAccess access) {
  std::error_code error;
  const std::filesystem::file_status found = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(found)) {
    return Fail(Code::kInvalidArgument, "it is a folder; name a file in it");
  }
  if (access == SqliteAccess::kReadOnly && found.type() == std::filesystem::file_type::not_found) {
    return Fail(Code::kNotFound, "there is no such file; hone run makes one");
  }
  return CheckFileSystem(path.has_parent_path() ? path.parent_path() : ".");
}

}  // namespace

Result<std::unique_ptr<Store>> OpenSqliteStore(const std::filesystem::path& path,
                                               SqliteAccess access) {
  const auto open = [&]() -> Result<std::unique_ptr<Store>> {
    HONE_RETURN_IF_ERROR(CheckPlace(path, access));
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
