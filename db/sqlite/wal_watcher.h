// WalWatcher: a thread that sleeps until the WAL of a SQLite file is written, by whichever process,
// and then says so. Nobody polls: the kernel tells it (inotify). Thread-safe.
//
// What wakes it: SQLite's writes of a commit, from which on the commit is nearly always there
// within microseconds, and the touch of the writer's WalFlusher, from which on it certainly is.
// Also the WAL's beginning anew after a checkpoint, which means nothing. The WAL is a file of its
// own as long as any connection is open that has read it: it is removed by the last to close, and
// so never while its watcher has a database open.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "proto/core/result.h"

namespace hone::db {

class WalWatcher {
 public:
  /// `woken` is called from the thread. Watches nothing before the first Arm. kResourceExhausted if
  /// the user has too many such watchers.
  [[nodiscard]] static Result<std::unique_ptr<WalWatcher>> Start(const std::filesystem::path& wal,
                                                                 std::function<void()> woken);

  /// `woken` is not called any more when this returns.
  ~WalWatcher();
  WalWatcher(const WalWatcher&) = delete;
  WalWatcher& operator=(const WalWatcher&) = delete;

  /// Watches the file that now has the WAL's name, should it be another one. kUnavailable if there
  /// is none.
  [[nodiscard]] Status Arm();

 private:
  WalWatcher(std::string wal, std::function<void()> woken, int notices, int end);
  void Run();
  /// Waits for notices and takes them; false at the end.
  bool TakeNotices();

  const std::string wal_;
  const std::function<void()> woken_;
  /// The kernel's queue of what happened to the file, which holds equal notices once.
  const int notices_;
  /// Readable when the thread is to end.
  const int end_;
  std::thread thread_;
};

}  // namespace hone::db
