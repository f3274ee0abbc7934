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

/// At most this much time of commits is lost in a power failure.
constexpr std::chrono::milliseconds kFlushInterval{25};
/// 4 MB in pages of 2 KB: few enough to be read back quickly after a crash.
constexpr int kMovePages = 2'048;
/// The WAL restarts when all of it has been moved and no writer is active. With a writer that never
/// pauses it would grow without bound: from this length on the writer has to wait while the last
/// pages are moved.
constexpr int kMostPages = 8 * kMovePages;

/// Maximum time for which the writer is blocked while the flusher waits for readers to release the
/// WAL.
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
  // A connection detects the WAL on its first read; before, a checkpoint would do nothing.
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
  // SQLite writes to the WAL first and then publishes the commit in shared memory: a watcher woken
  // by that write may not see the commit yet. Now the commit is visible, so touching the WAL wakes
  // it again. (If touching is not permitted, only the next write wakes watchers; every wait has a
  // deadline.)
  static_cast<void>(::futimens(wal_, nullptr));
  HONE_RETURN_IF_ERROR(SyncFolder());
  return ::fdatasync(wal_) == 0 ? Status()
                                : SystemError("sync " + wal_path_.string(), Code::kDataLoss);
}

/// Makes the folder's entries durable, once.
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
    moved_pages_ = 0;  // The WAL has restarted.
  }
  if (wal_pages - moved_pages_ < kMovePages) {
    return;
  }
  moved_pages_ = wal_pages;
  // A failed checkpoint costs only space: the WAL keeps all pages, and the next round retries. The
  // writer meets and reports serious errors, e.g. a full disk.
  const Status moved = driver_->MoveWal(SqliteDriver::Checkpoint::kPassive);
  if (moved && wal_pages >= kMostPages) {
    static_cast<void>(driver_->MoveWal(SqliteDriver::Checkpoint::kRestart));
  }
}

}  // namespace hone::db
