// WalFlusher: a thread that makes the WAL of a SQLite file durable and moves it into the database,
// so that no writer waits for a disk. A commit stands in the WAL when it returns (safe from kill
// -9); some milliseconds later it is safe from power loss too. It also touches the WAL after every
// commit, for the WalWatchers of other processes. Thread-safe.
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
  /// `file` is in WAL mode and stays open elsewhere as long as the flusher lives.
  [[nodiscard]] static Result<std::unique_ptr<WalFlusher>> Start(const std::filesystem::path& file);

  /// Flushes what is left.
  ~WalFlusher();
  WalFlusher(const WalFlusher&) = delete;
  WalFlusher& operator=(const WalFlusher&) = delete;

  /// A transaction was committed; the WAL now has so many pages.
  void Committed(int wal_pages);
  /// Returns when every commit so far survives power loss.
  [[nodiscard]] Status Sync();

 private:
  WalFlusher(std::unique_ptr<SqliteDriver> driver, std::filesystem::path wal_path, int wal);
  /// What a flush is to make durable.
  struct Round {
    std::uint64_t committed = 0;
    int wal_pages = 0;
  };

  void Run();
  /// Nothing when the flusher is to end.
  std::optional<Round> AwaitWork();
  void Report(const Round& round, Status status);
  /// Lets commits gather before the next round, unless somebody waits for them.
  void Pause();
  [[nodiscard]] bool HasWork() const HONE_REQUIRES(mutex_) { return committed_ > durable_; }
  Status Flush();
  Status SyncFolder();
  void MoveWalIfLong(int wal_pages);

  // Of the thread alone.
  std::unique_ptr<SqliteDriver> driver_;
  const std::filesystem::path wal_path_;
  /// A descriptor of our own for the WAL, on which SQLite holds no locks. (Closing one of the
  /// database or of its shared memory would drop the locks of the whole process.)
  const int wal_;
  bool is_folder_synced_ = false;
  int moved_pages_ = 0;

  Mutex mutex_;
  ConditionVariable work_;
  ConditionVariable flushed_;
  /// Commits seen and commits made durable. What was there at the start counts as one.
  std::uint64_t committed_ HONE_GUARDED_BY(mutex_) = 1;
  std::uint64_t durable_ HONE_GUARDED_BY(mutex_) = 0;
  int wal_pages_ HONE_GUARDED_BY(mutex_) = 0;
  int waiting_ HONE_GUARDED_BY(mutex_) = 0;
  bool is_idle_ HONE_GUARDED_BY(mutex_) = false;
  bool is_ending_ HONE_GUARDED_BY(mutex_) = false;
  /// Sticks: after a failed flush the kernel may have dropped the pages.
  Status failure_ HONE_GUARDED_BY(mutex_);

  std::thread thread_;
};

}  // namespace hone::db
