// WalFlusher: a thread that makes the WAL of a SQLite file durable and moves it into the database,
// so that no writer waits for a disk. A commit stands in the WAL when it returns (safe from kill
// -9); some milliseconds later it is safe from power loss too. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

#include "db/sqlite/sqlite_driver.h"
#include "proto/model/result.h"

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
  WalFlusher(const std::filesystem::path& file, std::unique_ptr<SqliteDriver> driver, int wal);
  void Run();
  Status Flush();
  void MoveWalIfLong(int wal_pages);

  const std::filesystem::path file_;

  // Of the thread alone.
  std::unique_ptr<SqliteDriver> driver_;
  /// A descriptor of our own for the WAL, on which SQLite holds no locks. (Closing one of the
  /// database or of its shared memory would drop the locks of the whole process.)
  const int wal_;
  bool is_folder_synced_ = false;
  int moved_pages_ = 0;

  std::mutex mutex_;
  // Under mutex_.
  std::condition_variable work_;
  std::condition_variable flushed_;
  /// Commits seen and commits made durable. What was there at the start counts as one.
  std::uint64_t committed_ = 1;
  std::uint64_t durable_ = 0;
  int wal_pages_ = 0;
  int waiting_ = 0;
  bool is_idle_ = false;
  bool is_ending_ = false;
  /// Sticks: after a failed flush the kernel may have dropped the pages.
  Status failure_;

  std::thread thread_;
};

}  // namespace hone::db
