// Migrations: the schema's versions, embedded in the program, run forward only. Each database
// records the checksum of what it ran. Any thread; a Driver belongs to its caller.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "db/sql/driver.h"
#include "proto/core/time.h"

namespace hone::db {

/// Version n of the schema stands at n - 1.
std::span<const std::string_view> Migrations();

/// What schema_migrations keeps of a migration's text.
std::string Checksum(std::string_view sql);

/// Brings the database to the newest version; a new one also gets its identity. To be called
/// in a transaction of `driver`. Errors: kFailedPrecondition as CheckSchema.
[[nodiscard]] Status Migrate(Driver& driver, Time now);

/// kFailedPrecondition unless the database has exactly this program's schema: it is older, or a
/// newer program wrote it, or a checksum differs.
[[nodiscard]] Status CheckSchema(Driver& driver);

}  // namespace hone::db
