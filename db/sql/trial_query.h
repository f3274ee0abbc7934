// The one statement that is assembled at run time: a list of trials. Its conditions decide which
// index serves it. Pure: any thread.
#pragma once

#include <string>

#include "db/store/store.h"

namespace hone::db {

/// Parameters: $1 namespace, $2 name, $3 after_ordinal, $4 changed_since, $5 limit.
std::string TrialQueryStatement(const TrialQuery& query);

}  // namespace hone::db
