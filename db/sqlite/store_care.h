// Care of a SQLite store while other processes use it: a consistent backup, and an examination.
// Both only read the store. Any thread.
#pragma once

#include <filesystem>

#include "db/store/examination.h"
#include "proto/core/result.h"

namespace hone::db {

/// Copies a snapshot of the store at `from` to the new file `to`; durable when this returns.
/// Errors: those of OpenSqliteStore (a store of an older schema is copied too), kAlreadyExists if
/// there is a file at `to`, which is left unchanged, and errors of the disk.
[[nodiscard]] Result<StoreContents> BackUpSqliteStore(const std::filesystem::path& from,
                                                      const std::filesystem::path& to);

/// Reads all of the store at `path`. Errors: those of OpenSqliteStore, if the store cannot be read
/// far enough to be examined.
[[nodiscard]] Result<StoreExamination> ExamineSqliteStore(const std::filesystem::path& path);

}  // namespace hone::db
