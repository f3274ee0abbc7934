// Care of a SQLite store, beside whoever runs on it: a copy that is whole, and an examination. Both
// only read the store. Any thread.
#pragma once

#include <filesystem>

#include "db/store/examination.h"
#include "proto/core/result.h"

namespace hone::db {

/// Copies the store at `from`, as it is at one instant, to the new file `to`; durable when this
/// returns. Errors: those of OpenSqliteStore (a store of an older schema is copied too),
/// kAlreadyExists if there is a file at `to`, which is left as it is, and what the disk says.
[[nodiscard]] Result<StoreContents> BackUpSqliteStore(const std::filesystem::path& from,
                                                      const std::filesystem::path& to);

/// Reads all of the store at `path`. Errors: those of OpenSqliteStore, where it cannot be read far
/// enough to say more.
[[nodiscard]] Result<StoreExamination> ExamineSqliteStore(const std::filesystem::path& path);

}  // namespace hone::db
