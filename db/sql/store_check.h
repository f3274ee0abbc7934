// What the tables of a store must say of each other, whichever database holds them. Each function
// uses a connection that is its caller's.
#pragma once

#include <string>
#include <vector>

#include "db/sql/driver.h"
#include "db/store/examination.h"

namespace hone::db {

/// Of a store of any schema version.
[[nodiscard]] Result<StoreContents> CountContents(Driver& driver);

/// A sentence for each contradiction: rows that belong to nothing, an experiment's counts or best
/// trial that its trials do not bear out. None for a store of this program's schema that is sound.
[[nodiscard]] Result<std::vector<std::string>> FindContradictions(Driver& driver);

}  // namespace hone::db
