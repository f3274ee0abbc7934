// Consistency checks of a store's tables, for any SQL database. Each function uses its caller's
// connection.
#pragma once

#include <string>
#include <vector>

#include "db/sql/driver.h"
#include "db/store/examination.h"

namespace hone::db {

/// For a store of any schema version.
[[nodiscard]] Result<StoreContents> CountContents(Driver& driver);

/// A sentence for each contradiction: orphaned rows, and counts or a best trial of an experiment
/// that its trials contradict. Empty for a sound store of this program's schema.
[[nodiscard]] Result<std::vector<std::string>> FindContradictions(Driver& driver);

}  // namespace hone::db
