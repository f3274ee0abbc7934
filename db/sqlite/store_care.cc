#include "db/sqlite/store_care.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "db/sql/store_check.h"
#include "db/sqlite/store_reader.h"

namespace hone::db {
namespace {

tl::unexpected<Error> FileFailure(const std::string& doing, int error) {
  const Code code = error == ENOSPC || error == EDQUOT ? Code::kResourceExhausted
                    : error == EEXIST                  ? Code::kAlreadyExists
                    : error == ENOENT                  ? Code::kNotFound
                                                       : Code::kPermissionDenied;
  return Fail(code, doing + ": " + std::generic_category().message(error));
}

/// Creates the file exclusively: no other process has created or will create it.
Status MakeNewFile(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) {
    return FileFailure("make new file " + path.string(), errno);
  }
  ::close(file);
  return {};
}

/// Makes a file, or the entries of a folder, durable.
Status FlushToDisk(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool is_flushed = file >= 0 && ::fsync(file) == 0;
  const int error = errno;
  if (file >= 0) {
    ::close(file);
  }
  return is_flushed ? Status() : FileFailure("flush " + path.string(), error);
}

void Remove(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

/// Writes the copy to the new file `path`, and reads its contents back.
Result<StoreContents> FillCopy(Driver& driver, const std::filesystem::path& path) {
  // One statement is one read transaction: writers continue, and the copy contains none of their
  // later commits.
  HONE_RETURN_IF_ERROR(driver.Execute("VACUUM INTO $1", {std::string_view(path.native())}));
  HONE_RETURN_IF_ERROR(FlushToDisk(path));
  HONE_ASSIGN_OR_RETURN(const StoreReader copy, OpenStoreReader(path, CheckIsStore));
  return CountContents(*copy.driver);
}

/// `target` has been created empty by this process. The copy gets its final name only when it is
/// complete.
Result<StoreContents> CopyTo(Driver& driver, const std::filesystem::path& target) {
  const std::filesystem::path partial = target.string() + ".partial";
  HONE_RETURN_IF_ERROR(MakeNewFile(partial));
  Result<StoreContents> contents = FillCopy(driver, partial);
  if (!contents) {
    Remove(partial);
    return contents;
  }
  std::error_code error;
  std::filesystem::rename(partial, target, error);
  if (error) {
    Remove(partial);
    return FileFailure("rename " + partial.string(), error.value());
  }
  HONE_RETURN_IF_ERROR(FlushToDisk(target.parent_path()));
  return contents;
}

Result<StoreContents> BackUp(const std::filesystem::path& from, const std::filesystem::path& to) {
  HONE_ASSIGN_OR_RETURN(const StoreReader reader, OpenStoreReader(from, CheckIsStore));
  // SQLite interprets names that begin with "file:" as URIs.
  const std::filesystem::path target = std::filesystem::absolute(to);
  HONE_RETURN_IF_ERROR(MakeNewFile(target));
  Result<StoreContents> contents = CopyTo(*reader.driver, target);
  if (!contents) {
    Remove(target);
  }
  return contents;
}

/// Damage found by SQLite: pages and indexes that contradict each other.
Status FindDamage(Driver& driver, std::vector<std::string>& faults) {
  return driver.Query("PRAGMA integrity_check", {}, [&](const Row& row) -> Status {
    std::string finding(row.Text(0));
    if (finding != "ok") {
      std::replace(finding.begin(), finding.end(), '\n', ' ');
      faults.push_back(std::move(finding));
    }
    return {};
  });
}

Status Examine(Driver& driver, StoreExamination& examination) {
  HONE_RETURN_IF_ERROR(FindDamage(driver, examination.faults));
  if (!examination.faults.empty()) {
    return {};
  }
  HONE_ASSIGN_OR_RETURN(examination.contents, CountContents(driver));
  HONE_ASSIGN_OR_RETURN(examination.faults, FindContradictions(driver));
  return {};
}

}  // namespace

Result<StoreContents> BackUpSqliteStore(const std::filesystem::path& from,
                                        const std::filesystem::path& to) {
  Result<StoreContents> contents = BackUp(from, to);
  if (!contents) {
    return Wrap("back up store " + from.string() + " to " + to.string(), contents.error());
  }
  return contents;
}

Result<StoreExamination> ExamineSqliteStore(const std::filesystem::path& path) {
  const Result<StoreReader> reader = OpenStoreReader(path, CheckIsReadable);
  if (!reader) {
    return Wrap("check store " + path.string(), reader.error());
  }
  StoreExamination examination;
  const Status status = Examine(*reader->driver, examination);
  if (!status && status.error().code == Code::kDataLoss) {
    examination.faults.push_back(status.error().message);
  } else if (!status) {
    return Wrap("check store " + path.string(), status.error());
  }
  return examination;
}

}  // namespace hone::db
