#include "db/sqlite/sqlite_driver.h"

#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

namespace hone::db {
namespace {

/// Interval between retries of a lock, short compared with a usual transaction.
constexpr std::chrono::microseconds kLockStep{200};
/// Larger than the number of the store's statements; only a safety bound.
constexpr std::size_t kMostStatements = 256;

struct Resetting {
  void operator()(sqlite3_stmt* statement) const {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
  }
};

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}

  [[nodiscard]] bool IsNull(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  [[nodiscard]] std::int64_t Integer(int column) const override {
    return sqlite3_column_int64(statement_, column);
  }
  [[nodiscard]] double Real(int column) const override {
    return sqlite3_column_double(statement_, column);
  }
  [[nodiscard]] std::string_view Text(int column) const override {
    const void* const text = sqlite3_column_blob(statement_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return {static_cast<const char*>(text), size};
  }

 private:
  sqlite3_stmt* statement_;
};

/// Extended codes keep the primary code in their low byte.
Code ToCode(int result) {
  if (result == SQLITE_IOERR_WRITE || result == SQLITE_IOERR_TRUNCATE ||
      result == SQLITE_IOERR_SHMSIZE) {
    return Code::kResourceExhausted;
  }
  switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_PROTOCOL:
      return Code::kUnavailable;
    case SQLITE_CONSTRAINT:
      return result == SQLITE_CONSTRAINT_UNIQUE || result == SQLITE_CONSTRAINT_PRIMARYKEY
                 ? Code::kAlreadyExists
                 : Code::kInternal;
    case SQLITE_FULL:
    case SQLITE_NOMEM:
      return Code::kResourceExhausted;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Code::kPermissionDenied;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return Code::kDataLoss;
    case SQLITE_TOOBIG:
      return Code::kInvalidArgument;
    default:
      return Code::kInternal;
  }
}

Status IgnoreRow(const Row& /*row*/) {
  return {};
}

struct Bind {
  sqlite3_stmt* statement;
  int index;

  int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }
  int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, index, number); }
  int operator()(double number) const { return sqlite3_bind_double(statement, index, number); }
  int operator()(std::string_view text) const {
    // A null pointer would bind NULL. The text outlives the statement's execution, so it is not
    // copied.
    const char* const start = text.empty() ? "" : text.data();
    return sqlite3_bind_text64(statement, index, start, text.size(), nullptr, SQLITE_UTF8);
  }
};

/// `path` as a URI, so that options can be appended.
std::string FileUri(const std::filesystem::path& path, bool immutable) {
  std::string uri = "file:";
  for (const char byte : path.string()) {
    switch (byte) {
      case '%':
        uri += "%25";
        break;
      case '?':
        uri += "%3f";
        break;
      case '#':
        uri += "%23";
        break;
      default:
        uri += byte;
    }
  }
  return immutable ? uri + "?immutable=1" : uri;
}

}  // namespace

void SqliteDriver::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Result<std::unique_ptr<SqliteDriver>> SqliteDriver::Open(const std::filesystem::path& file,
                                                         const Options& options) {
  const int access =
      options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* connection = nullptr;
  const int result = sqlite3_open_v2(FileUri(file, options.immutable).c_str(),
                                     &connection,
                                     access | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                                     nullptr);
  std::unique_ptr<SqliteDriver> driver(
      new SqliteDriver(connection, file.string(), options.lock_wait));
  if (result != SQLITE_OK) {
    return tl::unexpected(driver->LastError("open"));
  }
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_handler(connection, &WaitForLock, driver.get());
  return driver;
}

SqliteDriver::SqliteDriver(sqlite3* connection,
                           std::string file,
                           std::chrono::microseconds lock_wait)
    : connection_(connection), file_(std::move(file)), lock_wait_(lock_wait) {}

int SqliteDriver::WaitForLock(void* self, int steps_before) {
  if (steps_before * kLockStep >= static_cast<SqliteDriver*>(self)->lock_wait_) {
    return 0;
  }
  std::this_thread::sleep_for(kLockStep);
  return 1;
}

SqliteDriver::~SqliteDriver() {
  statements_.clear();
  sqlite3_close_v2(connection_);
}

Result<std::int64_t> SqliteDriver::Execute(std::string_view sql,
                                           std::initializer_list<Value> parameters) {
  HONE_RETURN_IF_ERROR(Query(sql, parameters, IgnoreRow));
  return sqlite3_changes64(connection_);
}

Status SqliteDriver::Query(std::string_view sql,
                           std::initializer_list<Value> parameters,
                           const RowReader& read) {
  HONE_ASSIGN_OR_RETURN(sqlite3_stmt* const statement, Prepare(sql));
  const std::unique_ptr<sqlite3_stmt, Resetting> reset(statement);
  HONE_CHECK(static_cast<std::size_t>(sqlite3_bind_parameter_count(statement)) ==
             parameters.size());
  int index = 0;
  for (const Value& value : parameters) {
    ++index;
    if (std::visit(Bind{statement, index}, value) != SQLITE_OK) {
      return tl::unexpected(LastError("bind"));
    }
  }
  return Run(statement, read);
}

Status SqliteDriver::Run(sqlite3_stmt* statement, const RowReader& read) {
  const SqliteRow row(statement);
  for (;;) {
    const int result = sqlite3_step(statement);
    if (result == SQLITE_DONE) {
      return {};
    }
    if (result != SQLITE_ROW) {
      return tl::unexpected(LastError("use"));
    }
    HONE_RETURN_IF_ERROR(read(row));
  }
}

Result<sqlite3_stmt*> SqliteDriver::Prepare(std::string_view sql) {
  const auto known = statements_.find(sql);
  if (known != statements_.end()) {
    return known->second.get();
  }
  if (statements_.size() >= kMostStatements) {
    statements_.clear();
  }
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v3(connection_,
                         sql.data(),
                         static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT,
                         &prepared,
                         nullptr) != SQLITE_OK) {
    return tl::unexpected(LastError("use"));
  }
  Statement statement(prepared);
  // SQLite numbers the parameter name "$1" by its first occurrence: Driver requires that both
  // orders agree.
  for (int i = 1; i <= sqlite3_bind_parameter_count(prepared); ++i) {
    HONE_CHECK("$" + std::to_string(i) == sqlite3_bind_parameter_name(prepared, i));
  }
  statements_.emplace(sql, std::move(statement));
  return prepared;
}

// Tables with a single-number key (INTEGER PRIMARY KEY is the row id) and tables WITHOUT ROWID are
// one B-tree each. Any other table has a second B-tree for its key, which every commit would also
// write.
Status SqliteDriver::Define(std::string_view sql) {
  constexpr std::string_view kBigint = "BIGINT PRIMARY KEY";
  std::string definition(sql);
  if (const std::size_t at = definition.find(kBigint); at != std::string::npos) {
    definition.replace(at, kBigint.size(), "INTEGER PRIMARY KEY");
  } else if (definition.find("\n  PRIMARY KEY (") != std::string::npos) {
    definition += " WITHOUT ROWID";
  }
  return Query(definition, {}, IgnoreRow);
}

Status SqliteDriver::Begin() {
  return Query("BEGIN IMMEDIATE", {}, IgnoreRow);
}

Status SqliteDriver::Commit() {
  return Query("COMMIT", {}, IgnoreRow);
}

void SqliteDriver::Rollback() {
  // After some errors SQLite has rolled back already.
  if (sqlite3_get_autocommit(connection_) == 0) {
    static_cast<void>(Execute("ROLLBACK", {}));
  }
}

// Two connections that hold a read lock and both want the exclusive lock would deadlock: SQLite
// then refuses one at once instead of calling WaitForLock. The refused connection has released its
// read lock and may retry.
Status SqliteDriver::UseWal() {
  Status status = Query("PRAGMA journal_mode = WAL", {}, IgnoreRow);
  for (int steps = 0;
       !status && status.error().code == Code::kUnavailable && WaitForLock(this, steps) != 0;
       ++steps) {
    status = Query("PRAGMA journal_mode = WAL", {}, IgnoreRow);
  }
  return status;
}

void SqliteDriver::OnCommit(std::function<void(int)> on_commit) {
  on_commit_ = std::move(on_commit);
  sqlite3_wal_hook(
      connection_,
      [](void* self, sqlite3*, const char*, int wal_pages) {
        static_cast<SqliteDriver*>(self)->on_commit_(wal_pages);
        return SQLITE_OK;
      },
      this);
}

Status SqliteDriver::MoveWal(Checkpoint mode) {
  const int result = sqlite3_wal_checkpoint_v2(
      connection_,
      nullptr,
      mode == Checkpoint::kPassive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART,
      nullptr,
      nullptr);
  return result == SQLITE_OK ? Status() : tl::unexpected(LastError("checkpoint"));
}

std::filesystem::path SqliteDriver::wal_path() const {
  return sqlite3_filename_wal(sqlite3_db_filename(connection_, "main"));
}

bool SqliteDriver::is_read_only() const {
  return sqlite3_db_readonly(connection_, "main") == 1;
}

Error SqliteDriver::LastError(std::string_view doing) const {
  const int result = sqlite3_extended_errcode(connection_);
  std::string message = std::string(doing) + " store " + file_ + ": " + sqlite3_errmsg(connection_);
  const int system_error = sqlite3_system_errno(connection_);
  const bool is_outside = (result & 0xff) == SQLITE_IOERR || (result & 0xff) == SQLITE_CANTOPEN;
  if (is_outside && system_error != 0) {
    message += " (" + std::generic_category().message(system_error) + ")";
  }
  const Code code = ToCode(result);
  if (code == Code::kResourceExhausted && (result & 0xff) == SQLITE_IOERR) {
    message += " (its disk is full, or it has met a limit on the size of files)";
  }
  return {code, std::move(message)};
}

}  // namespace hone::db
