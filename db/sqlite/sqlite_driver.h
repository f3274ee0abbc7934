// SqliteDriver: one connection to one SQLite file, with its prepared statements. The only class
// that calls sqlite3. Used by one thread at a time.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include "db/sql/driver.h"

namespace hone::db {

class SqliteDriver final : public Driver {
 public:
  struct Options {
    bool read_only = false;
    /// How long a statement waits for the lock of another connection.
    std::chrono::microseconds lock_wait = std::chrono::seconds(5);
    /// The file and its folder will not change: no locks, no WAL. For a store on a read-only
    /// medium.
    bool immutable = false;
  };

  [[nodiscard]] static Result<std::unique_ptr<SqliteDriver>> Open(const std::filesystem::path& file,
                                                                  const Options& options);

  ~SqliteDriver() override;
  SqliteDriver(const SqliteDriver&) = delete;
  SqliteDriver& operator=(const SqliteDriver&) = delete;

  Result<std::int64_t> Execute(std::string_view sql,
                               std::initializer_list<Value> parameters) override;
  Status Query(std::string_view sql,
               std::initializer_list<Value> parameters,
               const RowReader& read) override;
  Status Define(std::string_view sql) override;
  Status Begin() override;
  Status Commit() override;
  void Rollback() override;

  /// Enables the write-ahead log, if the file has none. Other connections may do so concurrently.
  [[nodiscard]] Status UseWal();

  /// After each commit `on_commit` is called with the number of pages in the WAL; SQLite then no
  /// longer checkpoints by itself. `on_commit` must not use the connection.
  void OnCommit(std::function<void(int wal_pages)> on_commit);

  enum class Checkpoint {
    /// Moves the pages that it can without waiting for other connections.
    kPassive,
    /// Moves all pages, keeping writers out meanwhile, so that the WAL restarts from its beginning.
    kRestart,
  };
  /// Moves the WAL into the database, durably.
  [[nodiscard]] Status MoveWal(Checkpoint mode);

  /// The write-ahead log of the file, with symbolic links resolved.
  [[nodiscard]] std::filesystem::path wal_path() const;
  /// True if the file or its file system only allowed reading.
  [[nodiscard]] bool is_read_only() const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  SqliteDriver(sqlite3* connection, std::string file, std::chrono::microseconds lock_wait);
  static int WaitForLock(void* self, int steps_before);
  Result<sqlite3_stmt*> Prepare(std::string_view sql);
  Status Run(sqlite3_stmt* statement, const RowReader& read);
  [[nodiscard]] Error LastError(std::string_view doing) const;

  sqlite3* connection_;
  const std::string file_;
  const std::chrono::microseconds lock_wait_;
  std::map<std::string, Statement, std::less<>> statements_;
  std::function<void(int)> on_commit_;
};

}  // namespace hone::db
