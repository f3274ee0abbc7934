// WalWatcher: a thread that sleeps until any process writes the WAL of a SQLite file, and then
// calls back. The kernel wakes it (inotify); there is no polling. Thread-safe.
//
// It is woken by SQLite's writes of a commit, after which the commit is nearly always visible
// within microseconds, and by the touch of the writer's WalFlusher, after which it certainly is. It
// is also woken when the WAL restarts after a checkpoint, which carries no commit. The WAL file
// exists as long as a connection that has read it is open: the last connection to close removes it,
// so it is not removed while the watcher has a database open.
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
  /// `woken` is called on the watcher's thread. Watches nothing before the first Arm.
  /// kResourceExhausted if the user has too many inotify instances.
  [[nodiscard]] static Result<std::unique_ptr<WalWatcher>> Start(const std::filesystem::path& wal,
                                                                 std::function<void()> woken);

  /// After the destructor returns, `woken` is no longer called.
  ~WalWatcher();
  WalWatcher(const WalWatcher&) = delete;
  WalWatcher& operator=(const WalWatcher&) = delete;

  /// Watches the file that currently has the WAL's name, if it was replaced. kUnavailable if there
  /// is none.
  [[nodiscard]] Status Arm();

 private:
  WalWatcher(std::string wal, std::function<void()> woken, int notices, int end);
  void Run();
  /// Waits for notices and consumes them; false when the thread should end.
  bool TakeNotices();

  const std::string wal_;
  const std::function<void()> woken_;
  /// The kernel's (inotify's) queue of file events, which merges equal consecutive ones.
  const int notices_;
  /// Readable when the thread should end.
  const int end_;
  std::thread thread_;
};

}  // namespace hone::db
