// WalFlusher: a thread that makes the WAL of a SQLite file durable and moves it into the database,
// so that no writer waits for a disk. A commit is in the WAL when it returns (safe from kill -9);
// some milliseconds later it is also safe from power loss. The flusher also touches the WAL after
// commits, for the WalWatchers of other processes. Thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

#include "db/sqlite/sqlite_driver.h"
#include "proto/core/mutex.h"
#include "proto/core/result.h"

namespace hone::db {

class WalFlusher {
 public:
  /// `file` must be in WAL mode and be kept open by another connection as long as the flusher
  /// lives.
  [[nodiscard]] static Result<std::unique_ptr<WalFlusher>> Start(const std::filesystem::path& file);

  /// Flushes what is left.
  ~WalFlusher();
  WalFlusher(const WalFlusher&) = delete;
  WalFlusher& operator=(const WalFlusher&) = delete;

  /// A transaction was committed; the WAL now has `wal_pages` pages.
  void Committed(int wal_pages);
  /// Returns when every commit so far survives power loss.
  [[nodiscard]] Status Sync();

 private:
  WalFlusher(std::unique_ptr<SqliteDriver> driver, std::filesystem::path wal_path, int wal);
  /// The commits that a flush has to make durable.
  struct Round {
    std::uint64_t committed = 0;
    int wal_pages = 0;
  };

  void Run();
  /// Waits for work; returns nothing when the flusher should end.
  std::optional<Round> AwaitWork();
  void Report(const Round& round, Status status);
  /// Lets commits accumulate before the next round, unless a thread waits in Sync.
  void Pause();
  [[nodiscard]] bool HasWork() const HONE_REQUIRES(mutex_) { return committed_ > durable_; }
  Status Flush();
  Status SyncFolder();
  void MoveWalIfLong(int wal_pages);

  // Used only by the flusher's thread.
  std::unique_ptr<SqliteDriver> driver_;
  const std::filesystem::path wal_path_;
  /// The flusher's own descriptor for the WAL, on which SQLite holds no locks. (Closing a
  /// descriptor of the database or of its shared memory would drop the locks of the whole process.)
  const int wal_;
  bool is_folder_synced_ = false;
  int moved_pages_ = 0;

  Mutex mutex_;
  ConditionVariable work_;
  ConditionVariable flushed_;
  /// Numbers of commits seen and of commits made durable. The content at the start counts as one
  /// commit.
  std::uint64_t committed_ HONE_GUARDED_BY(mutex_) = 1;
  std::uint64_t durable_ HONE_GUARDED_BY(mutex_) = 0;
  int wal_pages_ HONE_GUARDED_BY(mutex_) = 0;
  int waiting_ HONE_GUARDED_BY(mutex_) = 0;
  bool is_idle_ HONE_GUARDED_BY(mutex_) = false;
  bool is_ending_ HONE_GUARDED_BY(mutex_) = false;
  /// Permanent: after a failed flush the kernel may have dropped the pages.
  Status failure_ HONE_GUARDED_BY(mutex_);

  std::thread thread_;
};

}  // namespace hone::db
