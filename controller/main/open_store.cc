#include "controller/main/open_store.h"

#include <array>
#include <system_error>

#include <unistd.h>

#include "db/sqlite/sqlite_store.h"

namespace hone::controller {
namespace {

std::string HostName() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

}  // namespace

Result<LockedStore> OpenLocked(const StorePaths& paths, const std::string& command, Time since) {
  std::error_code error;
  std::filesystem::create_directories(paths.database.parent_path(), error);
  if (error) {
    return Fail(Code::kPermissionDenied,
                "making folder " + paths.database.parent_path().string() + ": " + error.message());
  }
  LockedStore opened;
  HONE_ASSIGN_OR_RETURN(
      opened.lock,
      StoreLock::Acquire(paths.database,
                         {static_cast<int>(::getpid()), HostName(), command, since}));
  HONE_ASSIGN_OR_RETURN(opened.store,
                        db::OpenSqliteStore(paths.database, db::SqliteAccess::kReadWrite));
  return opened;
}

}  // namespace hone::controller
