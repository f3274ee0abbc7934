// How a SQLite file is opened to be read as a store: where it may lie, whether it is a store at
// all, and what to do in a folder that may not be written. Any thread.
#pragma once

#include <filesystem>
#include <memory>

#include "db/sqlite/sqlite_driver.h"

namespace hone::db {

enum class Contents { kNothing, kStore, kOther };
[[nodiscard]] Result<Contents> Inspect(Driver& driver);

/// kFailedPrecondition unless the database is a store, of any schema version.
[[nodiscard]] Status CheckIsStore(Driver& driver);
/// As CheckIsStore, and of this program's schema.
[[nodiscard]] Status CheckIsReadable(Driver& driver);

struct StoreReader {
  std::unique_ptr<SqliteDriver> driver;
  /// With which more like it can be opened.
  SqliteDriver::Options options;
};
/// Opens what `check` accepts. kNotFound if there is no file.
[[nodiscard]] Result<StoreReader> OpenStoreReader(const std::filesystem::path& path,
                                                  Status (*check)(Driver&));

/// A file in a folder of a local file system, there or not.
[[nodiscard]] Status CheckPlace(const std::filesystem::path& path);

}  // namespace hone::db
