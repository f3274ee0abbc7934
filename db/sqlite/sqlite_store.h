// Opens a SqlStore on a SQLite file: the embedded store. It is in WAL mode and has one connection
// for writing, on which waiting writes are committed as one group (WriteQueue). Readers have their
// own connections and never wait for the writer.
//
// A commit is in the file's WAL when the call returns: kill -9 loses nothing. A background thread
// makes the WAL durable against power loss within some milliseconds and moves it into the database
// (checkpoint), so that neither fsync delays a trial. Sync() waits for it.
#pragma once

#include <filesystem>
#include <memory>

#include "db/sql/sql_store.h"
#include "db/store/log_retention.h"
#include "proto/core/time.h"

namespace hone::db {

enum class SqliteAccess {
  /// Creates and migrates the file if necessary.
  kReadWrite,
  /// Never writes; the file must exist and be of this version.
  kReadOnly,
};

struct SqliteOptions {
  LogRetention retention;
  /// Provides the times of changes and must outlive the store; null: the system's clock.
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
