// Waiting threads are woken by commits of other processes to the same SQLite file.
#include "db/sqlite/wal_watcher.h"

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/sqlite/sqlite_driver.h"
#include "db/sqlite/sqlite_store.h"
#include "tests/db/store_contract.h"

namespace hone::db {
namespace {

using Deadline = std::chrono::steady_clock::time_point;

Deadline AnHourAhead() {
  return std::chrono::steady_clock::now() + std::chrono::hours(1);
}

std::unique_ptr<SqlStore> OpenAt(const std::filesystem::path& file,
                                 SqliteAccess access = SqliteAccess::kReadWrite) {
  return OpenSqliteStore(file, access).value();
}

/// A process that opens the store, adds an experiment and closes it, each time that Ask is called.
/// It is forked before this process has opened anything, because a fork must not inherit SQLite's
/// connections.
class OtherProcess {
 public:
  explicit OtherProcess(const std::filesystem::path& file) {
    EXPECT_EQ(::pipe(asked_.data()), 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::close(asked_[1]);
      ::_exit(Serve(file));
    }
    ::close(asked_[0]);
  }
  ~OtherProcess() {
    ::close(asked_[1]);
    int status = 0;
    EXPECT_EQ(::waitpid(child_, &status, 0), child_);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;

  void Ask() { EXPECT_EQ(::write(asked_[1], "x", 1), 1); }

 private:
  int Serve(const std::filesystem::path& file) {
    char asked = 0;
    for (int i = 0; ::read(asked_[0], &asked, 1) == 1; ++i) {
      if (!OpenAt(file)->CreateExperiment(AnExperiment("e" + std::to_string(i)))) {
        return 1;
      }
    }
    return 0;
  }

  std::array<int, 2> asked_{};
  pid_t child_ = -1;
};

/// Makes the other process commit 20 changes, and waits for each of them.
void ExpectToHearOf(OtherProcess& other, Store& store) {
  for (std::uint64_t cursor = 0; cursor < 20; ++cursor) {
    other.Ask();
    ASSERT_TRUE(store.WaitForChange(cursor, AnHourAhead()).value());
    ASSERT_EQ(store.ChangesSince(cursor, SIZE_MAX)->size(), 1U);
  }
}

TEST(WalWatching, WakesAWriterWhenAnotherProcessComesCommitsAndGoes) {
  const TemporaryFolder folder;
  OtherProcess other(folder / "store.db");

  ExpectToHearOf(other, *OpenAt(folder / "store.db"));
}

TEST(WalWatching, WakesAReaderThatIsTheOnlyOneBetweenTwoWriters) {
  const TemporaryFolder folder;
  OtherProcess other(folder / "store.db");
  OpenAt(folder / "store.db");

  ExpectToHearOf(other, *OpenAt(folder / "store.db", SqliteAccess::kReadOnly));
}

TEST(WalWatching, FollowsLinksToTheStore) {
  const TemporaryFolder folder;
  const TemporaryFolder elsewhere;
  std::filesystem::create_symlink(folder / "store.db", elsewhere / "link.db");
  OtherProcess other(folder / "store.db");
  const auto store = OpenAt(elsewhere / "link.db");

  ExpectToHearOf(other, *store);

  EXPECT_TRUE(store->Sync());
  EXPECT_FALSE(std::filesystem::exists(elsewhere / "link.db-wal"));
}

TEST(WalWatching, GoesOnThroughCheckpoints) {
  const TemporaryFolder folder;
  OtherProcess other(folder / "store.db");
  const auto store = OpenAt(folder / "store.db");
  const auto driver = SqliteDriver::Open(folder / "store.db", {}).value();
  ASSERT_TRUE(driver->Execute("SELECT count(*) FROM changes", {}));

  for (std::uint64_t cursor = 0; cursor < 20; ++cursor) {
    ASSERT_TRUE(driver->MoveWal(SqliteDriver::Checkpoint::kRestart));
    other.Ask();
    ASSERT_TRUE(store->WaitForChange(cursor, AnHourAhead()).value());
  }
}

TEST(WalWatcher, SaysWhichFileIsNotThere) {
  const TemporaryFolder folder;
  const auto watcher = WalWatcher::Start(folder / "store.db-wal", [] {}).value();

  const Status armed = watcher->Arm();

  EXPECT_EQ(CodeOf(armed), Code::kUnavailable);
  EXPECT_THAT(armed.error().message, testing::HasSubstr("store.db-wal"));
}

TEST(WalWatcher, WatchesTheFileThatHasTheNameWhenItIsArmedAgain) {
  const TemporaryFolder folder;
  const std::filesystem::path wal = folder / "store.db-wal";
  std::atomic<int> woken = 0;
  const auto write = [&] {
    std::ofstream(wal) << "frames";
  };
  write();
  const auto watcher = WalWatcher::Start(wal, [&] {
                         ++woken;
                         woken.notify_all();
                       }).value();
  ASSERT_TRUE(watcher->Arm());
  std::filesystem::remove(wal);
  woken.wait(0);
  write();

  ASSERT_TRUE(watcher->Arm());
  const int before = woken;
  write();

  woken.wait(before);
  EXPECT_GT(woken, before);
}

}  // namespace
}  // namespace hone::db
