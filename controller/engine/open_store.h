// Opening the store that this process will control: its lock, and the store itself.
#pragma once

#include <memory>
#include <string>

#include "controller/cli/world.h"
#include "controller/local/store_lock.h"
#include "db/sql/sql_store.h"

namespace hone::controller {

struct LockedStore {
  std::unique_ptr<StoreLock> lock;
  std::unique_ptr<db::SqlStore> store;
};

/// kFailedPrecondition if nothing says where the store is, neither a flag nor HOME; kUnimplemented
/// if it is not in a file.
[[nodiscard]] Status CheckIsInAFile(const StorePaths& paths);

/// Makes folder and store if there are none. kFailedPrecondition if another hone has the lock.
Result<LockedStore> OpenLocked(const StorePaths& paths, const std::string& command, Time since);

}  // namespace hone::controller
