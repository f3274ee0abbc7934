// Opens a SQLite file for reading as a store: checks where it is, whether it is a store at all, and
// handles a folder without write permission. Any thread.
#pragma once

#include <filesystem>
#include <memory>

#include "db/sqlite/sqlite_driver.h"

namespace hone::db {

enum class Contents { kNothing, kStore, kOther };
[[nodiscard]] Result<Contents> Inspect(Driver& driver);

/// kFailedPrecondition unless the database is a store, of any schema version.
[[nodiscard]] Status CheckIsStore(Driver& driver);
/// Like CheckIsStore, and of this program's schema.
[[nodiscard]] Status CheckIsReadable(Driver& driver);

struct StoreReader {
  std::unique_ptr<SqliteDriver> driver;
  /// The options with which further readers can be opened.
  SqliteDriver::Options options;
};
/// Opens a database that `check` accepts. kNotFound if there is no file.
[[nodiscard]] Result<StoreReader> OpenStoreReader(const std::filesystem::path& path,
                                                  Status (*check)(Driver&));

/// Checks that a file, existing or not, is in a folder of a local file system.
[[nodiscard]] Status CheckPlace(const std::filesystem::path& path);

}  // namespace hone::db
