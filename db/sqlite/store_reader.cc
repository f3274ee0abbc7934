#include "db/sqlite/store_reader.h"

#include <system_error>
#include <utility>

#include "db/sql/migrations.h"
#include "db/sqlite/file_system.h"

namespace hone::db {
namespace {

constexpr std::string_view kCountTables =
    "SELECT count(*), coalesce(sum(name = 'schema_migrations'), 0) FROM sqlite_master "
    "WHERE type = 'table'";

}  // namespace

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

Status CheckIsStore(Driver& driver) {
  HONE_ASSIGN_OR_RETURN(const Contents contents, Inspect(driver));
  if (contents != Contents::kStore) {
    return Fail(Code::kFailedPrecondition,
                "it is a SQLite database, but not a store of hone; choose another file");
  }
  return {};
}

Status CheckIsReadable(Driver& driver) {
  HONE_ASSIGN_OR_RETURN(const Contents contents, Inspect(driver));
  if (contents == Contents::kNothing) {
    // A store that is just being created looks like this for a moment.
    return Fail(Code::kNotFound, "it is empty; hone run makes a store of it");
  }
  HONE_RETURN_IF_ERROR(CheckIsStore(driver));
  return CheckSchema(driver);
}

Status CheckPlace(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return Fail(Code::kInvalidArgument, "it is a folder; name a file in it");
  }
  return CheckFileSystem(path.has_parent_path() ? path.parent_path() : ".");
}

Result<StoreReader> OpenStoreReader(const std::filesystem::path& path, Status (*check)(Driver&)) {
  std::error_code ignored;
  if (std::filesystem::status(path, ignored).type() == std::filesystem::file_type::not_found) {
    return Fail(Code::kNotFound, "there is no such file; hone run makes one");
  }
  HONE_RETURN_IF_ERROR(CheckPlace(path));
  StoreReader reader{nullptr, {.read_only = true}};
  HONE_ASSIGN_OR_RETURN(reader.driver, SqliteDriver::Open(path, reader.options));
  Status status = check(*reader.driver);
  if (!status && status.error().code == Code::kPermissionDenied &&
      !std::filesystem::exists(path.string() + "-wal", ignored)) {
    // Even reading in WAL mode creates files beside the database. If that is not permitted in the
    // folder, no other process writes there either, and without a WAL the file is complete.
    reader.options.immutable = true;
    HONE_ASSIGN_OR_RETURN(reader.driver, SqliteDriver::Open(path, reader.options));
    status = check(*reader.driver);
  }
  HONE_RETURN_IF_ERROR(status);
  return reader;
}

}  // namespace hone::db
