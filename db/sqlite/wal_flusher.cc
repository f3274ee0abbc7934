#include "db/sqlite/wal_flusher.h"

#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/sqlite/signals_blocked.h"

namespace hone::db {
namespace {

/// At most this much is lost when the power fails.
constexpr std::chrono::milliseconds kFlushInterval{25};
/// 4 MB of pages of 2 KB: few enough to be read back quickly after a crash.
constexpr int kMovePages = 2'048;
/// The WAL begins anew when all of it has been moved and nobody is writing. A writer that never
/// pauses would let it grow for ever: from here on it is made to wait for the last pages.
constexpr int kMostPages = 8 * kMovePages;

/// While it waits for readers to let go of the WAL, it keeps the writer out.
constexpr std::chrono::milliseconds kMostWait{20};

tl::unexpected<Error> SystemError(const std::string& doing, Code code) {
  return Fail(code, doing + ": " + std::generic_category().message(errno));
}

int OpenToFlush(const std::string& path) {
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
}

}  // namespace

Result<std::unique_ptr<WalFlusher>> WalFlusher::Start(const std::filesystem::path& file) {
  HONE_ASSIGN_OR_RETURN(auto driver, SqliteDriver::Open(file, {.lock_wait = kMostWait}));
  // A connection learns that there is a WAL when it first reads; before, it would not move it.
  HONE_RETURN_IF_ERROR(driver->Execute("SELECT count(*) FROM sqlite_master", {}));
  std::filesystem::path wal_path = driver->wal_path();
  const int wal = OpenToFlush(wal_path);
  if (wal < 0) {
    return SystemError("open " + wal_path.string(), Code::kPermissionDenied);
  }
  std::unique_ptr<WalFlusher> flusher(new WalFlusher(std::move(driver), std::move(wal_path), wal));
  const SignalsBlocked blocked;
  flusher->thread_ = std::thread([self = flusher.get()] { self->Run(); });
  return flusher;
}

WalFlusher::WalFlusher(std::unique_ptr<SqliteDriver> driver,
                       std::filesystem::path wal_path,
                       int wal)
    : driver_(std::move(driver)), wal_path_(std::move(wal_path)), wal_(wal) {}

WalFlusher::~WalFlusher() {
  {
    const MutexLock lock(mutex_);
    is_ending_ = true;
    work_.NotifyOne();
  }
  thread_.join();
  ::close(wal_);
}

void WalFlusher::Committed(int wal_pages) {
  const MutexLock lock(mutex_);
  ++committed_;
  wal_pages_ = wal_pages;
  if (is_idle_) {
    work_.NotifyOne();
  }
}

Status WalFlusher::Sync() {
  const MutexLock lock(mutex_);
  const std::uint64_t wanted = committed_;
  ++waiting_;
  work_.NotifyOne();
  while (durable_ < wanted) {
    flushed_.Wait(mutex_);
  }
  --waiting_;
  return failure_;
}

void WalFlusher::Run() {
  while (const std::optional<Round> round = AwaitWork()) {
    Report(*round, Flush());
    MoveWalIfLong(round->wal_pages);
    Pause();
  }
}

std::optional<WalFlusher::Round> WalFlusher::AwaitWork() {
  const MutexLock lock(mutex_);
  is_idle_ = true;
  while (!is_ending_ && !HasWork()) {
    work_.Wait(mutex_);
  }
  is_idle_ = false;
  return HasWork() ? std::optional(Round{committed_, wal_pages_}) : std::nullopt;
}

void WalFlusher::Report(const Round& round, Status status) {
  const MutexLock lock(mutex_);
  durable_ = round.committed;
  if (failure_ && !status) {
    failure_ = std::move(status);
  }
  flushed_.NotifyAll();
}

void WalFlusher::Pause() {
  const auto end = std::chrono::steady_clock::now() + kFlushInterval;
  const MutexLock lock(mutex_);
  bool is_over = false;
  while (!is_over && !is_ending_ && (waiting_ == 0 || !HasWork())) {
    is_over = !work_.WaitUntil(mutex_, end);
  }
}

Status WalFlusher::Flush() {
  // SQLite writes to the WAL first, and then to memory that the commit is there: who is woken by
  // the writing may find nothing yet. Now it is there. (If the file may not be touched, nobody is
  // told but by the next writing: whoever waits has a deadline.)
  static_cast<void>(::futimens(wal_, nullptr));
  HONE_RETURN_IF_ERROR(SyncFolder());
  return ::fdatasync(wal_) == 0 ? Status()
                                : SystemError("sync " + wal_path_.string(), Code::kDataLoss);
}

/// Makes the names of the files durable, once.
Status WalFlusher::SyncFolder() {
  if (is_folder_synced_) {
    return {};
  }
  const std::string folder = wal_path_.parent_path().string();
  const int descriptor = OpenToFlush(folder);
  const bool is_synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  // Some file systems cannot sync a folder, and need not.
  Status status =
      is_synced || errno == EINVAL ? Status() : SystemError("sync " + folder, Code::kDataLoss);
  if (descriptor >= 0) {
    ::close(descriptor);
  }
  is_folder_synced_ = status.has_value();
  return status;
}

void WalFlusher::MoveWalIfLong(int wal_pages) {
  if (wal_pages < moved_pages_) {
    moved_pages_ = 0;  // The WAL has begun anew.
  }
  if (wal_pages - moved_pages_ < kMovePages) {
    return;
  }
  moved_pages_ = wal_pages;
  // A fault here costs nothing but space: the WAL keeps all, and the next round tries again. What
  // matters, e.g. a full disk, the writer will meet and report.
  const Status moved = driver_->MoveWal(SqliteDriver::Checkpoint::kPassive);
  if (moved && wal_pages >= kMostPages) {
    static_cast<void>(driver_->MoveWal(SqliteDriver::Checkpoint::kRestart));
  }
}

}  // namespace hone::db
