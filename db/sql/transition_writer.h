// Writes one Transition inside a transaction that the caller begins and ends. After an error half
// of it may be written: the caller rolls back. Lives on the stack of one thread.
#pragma once

#include "db/sql/change_writer.h"
#include "db/sql/driver.h"
#include "db/sql/place.h"
#include "db/store/store.h"

namespace hone::db {

/// Checks and writes all of `transition`, but leaves its versions unchanged. `place` belongs to its
/// experiment. The errors are those of Store::Commit.
[[nodiscard]] Status WriteTransition(Driver& driver,
                                     const Transition& transition,
                                     const Place& place,
                                     ChangeWriter& log);

}  // namespace hone::db
