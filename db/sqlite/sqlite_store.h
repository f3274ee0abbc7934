// Opens a SqlStore on a SQLite file: the embedded store. WAL; one connection writes: who comes to
// it first commits what waits as one group. Readers have connections of their own and never wait
// for the writer.
//
// A commit is in the file's WAL when the call returns: kill -9 loses nothing. A background thread
// makes the WAL durable against power loss within some milliseconds and moves it into the database
// (checkpoint), so that neither fsync is on the path of a trial. Sync() waits for it.
#pragma once

#include <filesystem>
#include <memory>

#include "db/sql/sql_store.h"
#include "db/store/log_retention.h"
#include "proto/core/time.h"

namespace hone::db {

enum class SqliteAccess {
  /// Creates and migrates the file if need be.
  kReadWrite,
  /// Never writes; the file must exist and be of this version.
  kReadOnly,
};

struct SqliteOptions {
  LogRetention retention;
  /// Dates the changes and outlives the store; the system's clock if there is none.
  const Clock* clock = nullptr;
};

/// Errors: kFailedPrecondition (network file system; written by a newer version; migration
/// checksum differs), kPermissionDenied (read-only file or folder), kNotFound (kReadOnly and no
/// file), kDataLoss (not a database), kResourceExhausted (disk full), each naming the file and what
/// to do.
Result<std::unique_ptr<SqlStore>> OpenSqliteStore(const std::filesystem::path& path,
                                                  SqliteAccess access,
                                                  const SqliteOptions& options = {});

}  // namespace hone::db
