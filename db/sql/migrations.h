// Migrations: the versions of the schema, embedded in the program, applied forward only. Each
// database records the checksums of the migrations it ran. Any thread; a Driver belongs to its
// caller.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "db/sql/driver.h"
#include "proto/core/time.h"

namespace hone::db {

/// The migration to version n is at index n - 1.
std::span<const std::string_view> Migrations();

/// The checksum that schema_migrations stores for a migration's text.
std::string Checksum(std::string_view sql);

/// Migrates the database to the newest version; a new database also gets its identity. Must be
/// called in a transaction of `driver`. Errors: kFailedPrecondition as CheckSchema.
[[nodiscard]] Status Migrate(Driver& driver, Time now);

/// kFailedPrecondition unless the database has exactly this program's schema: it is older, or a
/// newer program wrote it, or a checksum differs.
[[nodiscard]] Status CheckSchema(Driver& driver);

}  // namespace hone::db
