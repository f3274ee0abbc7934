#include "controller/engine/open_store.h"

#include <array>
#include <optional>
#include <system_error>
#include <utility>

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

Status CheckIsInAFile(const StorePaths& paths) {
  if (!paths.url.empty()) {
    return Fail(Code::kUnimplemented,
                "opening store " + paths.Name() +
                    ": this hone keeps its store in a file; say which with --store FILE");
  }
  if (!paths.database.empty()) {
    return {};
  }
  auto resolved = StorePaths::Resolve(std::nullopt);
  return resolved ? Status() : tl::unexpected<Error>(std::move(resolved).error());
}

Result<LockedStore> OpenLocked(const StorePaths& paths, const std::string& command, Time since) {
  HONE_RETURN_IF_ERROR(CheckIsInAFile(paths));
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
