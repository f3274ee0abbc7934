#include "db/sqlite/sqlite_database.h"

#include <utility>

namespace hone::db {
namespace {

/// Maximum number of read connections; further reading threads wait.
constexpr int kMostReaders = 8;

}  // namespace

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::ForWriting(
    const std::filesystem::path& file,
    std::unique_ptr<SqliteDriver> writer) {
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(file, {.read_only = true}));
  HONE_ASSIGN_OR_RETURN(database->flusher_, WalFlusher::Start(file));
  writer->OnCommit(
      [flusher = database->flusher_.get()](int wal_pages) { flusher->Committed(wal_pages); });
  database->wal_path_ = writer->wal_path();
  database->writes_ = std::make_unique<WriteQueue>(*writer);
  database->writer_ = std::move(writer);
  return database;
}

std::unique_ptr<SqliteDatabase> SqliteDatabase::ForReading(const std::filesystem::path& file,
                                                           const SqliteDriver::Options& options,
                                                           std::unique_ptr<SqliteDriver> reader) {
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(file, options));
  database->wal_path_ = reader->wal_path();
  const MutexLock lock(database->mutex_);
  database->readers_ = 1;
  database->idle_readers_.push_back(std::move(reader));
  return database;
}

SqliteDatabase::SqliteDatabase(const std::filesystem::path& file,
                               const SqliteDriver::Options& reading)
    : file_(file), reading_(reading) {}

// The writer closes last: the last connection to close moves the WAL into the database file, which
// a read-only connection cannot do.
SqliteDatabase::~SqliteDatabase() {
  {
    const MutexLock lock(mutex_);
    watcher_.reset();
  }
  flusher_.reset();
  idle_readers_.clear();
  writes_.reset();
  writer_.reset();
}

Status SqliteDatabase::Write(const Work& work) {
  if (!writes_) {
    return Fail(Code::kFailedPrecondition,
                "write store " + file_.string() + ": it was opened read-only");
  }
  return writes_->Write(work);
}

Status SqliteDatabase::Read(const Work& work) {
  HONE_ASSIGN_OR_RETURN(std::unique_ptr<SqliteDriver> reader, TakeReader());
  Status status = work(*reader);
  GiveBack(std::move(reader));
  return status;
}

Status SqliteDatabase::Sync() {
  return flusher_ ? flusher_->Sync() : Status();
}

Status SqliteDatabase::Watch(const std::function<void()>& woken) {
  if (reading_.immutable) {
    return {};  // the file does not change, and there is no WAL
  }
  const MutexLock lock(mutex_);
  if (!watcher_) {
    HONE_ASSIGN_OR_RETURN(watcher_, WalWatcher::Start(wal_path_, woken));
  }
  return watcher_->Arm();
}

Result<std::unique_ptr<SqliteDriver>> SqliteDatabase::TakeReader() {
  if (std::unique_ptr<SqliteDriver> idle = AwaitReader()) {
    return idle;
  }
  Result<std::unique_ptr<SqliteDriver>> reader = SqliteDriver::Open(file_, reading_);
  if (!reader) {
    const MutexLock lock(mutex_);
    --readers_;
    reader_free_.NotifyOne();
  }
  return reader;
}

std::unique_ptr<SqliteDriver> SqliteDatabase::AwaitReader() {
  const MutexLock lock(mutex_);
  while (idle_readers_.empty() && readers_ == kMostReaders) {
    reader_free_.Wait(mutex_);
  }
  if (idle_readers_.empty()) {
    ++readers_;
    return nullptr;
  }
  std::unique_ptr<SqliteDriver> reader = std::move(idle_readers_.back());
  idle_readers_.pop_back();
  return reader;
}

void SqliteDatabase::GiveBack(std::unique_ptr<SqliteDriver> reader) {
  const MutexLock lock(mutex_);
  idle_readers_.push_back(std::move(reader));
  reader_free_.NotifyOne();
}

}  // namespace hone::db
