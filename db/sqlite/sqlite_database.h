// SqliteDatabase: the connections of this process to one SQLite file: one for writing, several for
// reading, and the flusher and the watcher of the WAL. Thread-safe.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "db/sql/database.h"
#include "db/sqlite/sqlite_driver.h"
#include "db/sqlite/wal_flusher.h"
#include "db/sqlite/wal_watcher.h"
#include "db/sqlite/write_queue.h"
#include "proto/core/mutex.h"

namespace hone::db {

class SqliteDatabase final : public Database {
 public:
  /// Writes through `writer`, which is in WAL mode.
  [[nodiscard]] static Result<std::unique_ptr<SqliteDatabase>> ForWriting(
      const std::filesystem::path& file,
      std::unique_ptr<SqliteDriver> writer);
  /// Reads through `reader` and further connections with the same options.
  [[nodiscard]] static std::unique_ptr<SqliteDatabase> ForReading(
      const std::filesystem::path& file,
      const SqliteDriver::Options& options,
      std::unique_ptr<SqliteDriver> reader);
  ~SqliteDatabase() override;
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  Status Write(const Work& work) override;
  Status Read(const Work& work) override;
  Status Sync() override;
  Status Watch(const std::function<void()>& woken) override;

 private:
  SqliteDatabase(const std::filesystem::path& file, const SqliteDriver::Options& reading);
  Result<std::unique_ptr<SqliteDriver>> TakeReader();
  /// An idle reader; nothing if the caller should open another one.
  std::unique_ptr<SqliteDriver> AwaitReader();
  void GiveBack(std::unique_ptr<SqliteDriver> reader);

  const std::filesystem::path file_;
  const SqliteDriver::Options reading_;
  std::filesystem::path wal_path_;

  // Null if the store is only read.
  std::unique_ptr<SqliteDriver> writer_;
  std::unique_ptr<WriteQueue> writes_;
  std::unique_ptr<WalFlusher> flusher_;

  Mutex mutex_;
  /// Created on first use.
  std::unique_ptr<WalWatcher> watcher_ HONE_GUARDED_BY(mutex_);
  ConditionVariable reader_free_;
  std::vector<std::unique_ptr<SqliteDriver>> idle_readers_ HONE_GUARDED_BY(mutex_);
  int readers_ HONE_GUARDED_BY(mutex_) = 0;
};

}  // namespace hone::db
