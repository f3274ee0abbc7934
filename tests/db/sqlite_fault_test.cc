// External faults of a store's file: killed processes, full disks, folders without write
// permission, and several processes at once.
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/sqlite/sqlite_driver.h"
#include "db/sqlite/sqlite_store.h"
#include "db/sqlite/write_queue.h"
#include "tests/db/nouns.h"
#include "tests/db/store_contract.h"
#include "tests/temporary_folder.h"

namespace hone::db {
namespace {

using testing::HasSubstr;

/// Runs `body` in a forked process, whose exit code is the result of `body`.
template <typename Body>
pid_t Fork(Body body) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(body());
  }
  return child;
}

int Wait(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Commits one trial after another without end, and writes the ordinal of each acknowledged one to
/// the descriptor `acknowledged`.
int CommitForEver(const std::filesystem::path& file, int acknowledged) {
  const auto store = OpenSqliteStore(file, SqliteAccess::kReadWrite).value();
  Transition transition;
  transition.epoch = store->AcquireEpoch().value();
  transition.experiment = store->GetExperiment({"default", "tune"}).value();
  const auto newest =
      store->ListTrials({.experiment = transition.experiment.key, .descending = true, .limit = 1})
          .value();
  for (std::uint64_t ordinal = newest.empty() ? 1 : newest[0].ordinal + 1;; ++ordinal) {
    transition.created = {ATrial(transition.experiment, ordinal)};
    transition.observations = {{transition.created[0].attempt_id(), {AnObservation(1)}}};
    if (!store->Commit(transition) ||
        ::write(acknowledged, &ordinal, sizeof ordinal) != sizeof ordinal) {
      return 1;
    }
  }
}

/// Kills `child` after it has acknowledged `count` commits; returns the last acknowledged ordinal.
std::uint64_t KillAfter(pid_t child, int acknowledged, int count) {
  std::uint64_t last = 0;
  for (int i = 0; ::read(acknowledged, &last, sizeof last) == sizeof last; ++i) {
    if (i == count) {
      ::kill(child, SIGKILL);
    }
  }
  return last;
}

TEST(SqliteCrash, KeepsEveryAcknowledgedCommitThroughKill) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "store.db";
  const ExperimentKey key = OpenSqliteStore(file, SqliteAccess::kReadWrite)
                                .value()
                                ->CreateExperiment(AnExperiment())
                                ->key;
  std::mt19937 random(1);

  for (int round = 0; round < 20; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = Fork([&] { return CommitForEver(file, pipe[1]); });
    ::close(pipe[1]);
    const auto count = static_cast<int>(random() % 40);
    const std::uint64_t acknowledged = KillAfter(child, pipe[0], count);
    ::close(pipe[0]);
    Wait(child);

    const auto store = OpenSqliteStore(file, SqliteAccess::kReadOnly).value();
    const std::vector<Trial> trials = store->ListTrials({.experiment = key}).value();
    ASSERT_GT(acknowledged, 0U);
    ASSERT_GE(trials.size(), acknowledged);
    ASSERT_LE(trials.size(), acknowledged + 1);
    EXPECT_EQ(trials.back().ordinal, trials.size());
    EXPECT_EQ(store->ListObservations({.attempt = trials.back().attempt_id()})->size(), 1U);
    // For each: a change of the trial, of its observations, and of the experiment.
    EXPECT_EQ(store->ChangesSince(0, SIZE_MAX)->size(), 3 * trials.size() + 1);
  }
}

TEST(SqliteProcesses, MayMakeTheSameStoreAtOnce) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "store.db";
  std::vector<pid_t> children;

  for (int i = 0; i < 6; ++i) {
    children.push_back(Fork([&, i] {
      const auto store = OpenSqliteStore(file, SqliteAccess::kReadWrite);
      return store && (*store)->CreateExperiment(AnExperiment("e" + std::to_string(i))) ? 0 : 1;
    }));
  }
  for (const pid_t child : children) {
    EXPECT_EQ(Wait(child), 0);
  }

  const auto store = OpenSqliteStore(file, SqliteAccess::kReadOnly).value();
  EXPECT_EQ(store->ListExperiments("")->size(), 6U);
}

/// Limits the size of files of this process during its lifetime: simulates a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : signal_before_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, signal_before_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  sighandler_t signal_before_;
  rlimit before_{};
};

TEST(SqliteDiskFull, LosesNothingAndGoesOnWhenThereIsSpaceAgain) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "store.db";
  const auto store = OpenSqliteStore(file, SqliteAccess::kReadWrite).value();
  Story story(*store);
  const AttemptId attempt = story.Create().attempt_id();
  Transition transition = story.Next();

  Status status;
  std::uint64_t written = 0;
  {
    const FileSizeLimit limit(std::filesystem::file_size(file.string() + "-wal") + 300'000);
    while (status && written < 100) {
      const std::string value(20'000, 'x');
      transition.observations = {{attempt, {AnObservation(written + 1, value)}}};
      status = store->Commit(transition);
      written += status ? 1U : 0U;
    }
  }

  EXPECT_EQ(CodeOf(status), Code::kResourceExhausted);
  EXPECT_THAT(status.error().message, HasSubstr(file.string()));
  EXPECT_EQ(store->ListObservations({.attempt = attempt})->size(), written);
  const Status again = store->Commit(transition);
  EXPECT_TRUE(again) << again.error().message;
  EXPECT_EQ(store->ListObservations({.attempt = attempt})->size(), written + 1);
  EXPECT_TRUE(store->Sync());
}

/// Runs `body` as a user who is not root, because root ignores file modes.
template <typename Body>
int WithoutPrivilege(Body body) {
  return Wait(Fork([&] {
    if (::geteuid() == 0 && ::setuid(65'534) != 0) {
      return 100;
    }
    return body();
  }));
}

int CodeOfOpen(const std::filesystem::path& file, SqliteAccess access) {
  const auto store = OpenSqliteStore(file, access);
  return store ? 0 : static_cast<int>(store.error().code);
}

/// A store that only root may write, in a folder that only root may write.
std::filesystem::path MakeReadOnlyStore(const TemporaryFolder& folder) {
  std::filesystem::path file = folder / "store.db";
  { Story story(*OpenSqliteStore(file, SqliteAccess::kReadWrite).value()); }
  std::filesystem::permissions(file, std::filesystem::perms(0444));
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0555));
  return file;
}

TEST(SqlitePermissions, RefusesToWriteWhereItMayNot) {
  namespace fs = std::filesystem;
  const TemporaryFolder folder;
  const fs::path file = MakeReadOnlyStore(folder);
  const auto open = [](const fs::path& path, SqliteAccess access) {
    return WithoutPrivilege([&] { return CodeOfOpen(path, access); });
  };
  const int denied = static_cast<int>(Code::kPermissionDenied);

  EXPECT_EQ(open(file, SqliteAccess::kReadWrite), denied);
  EXPECT_EQ(open(folder / "new.db", SqliteAccess::kReadWrite), denied);
  EXPECT_EQ(open(file, SqliteAccess::kReadOnly), 0);

  fs::permissions(file, fs::perms(0000));
  EXPECT_EQ(open(file, SqliteAccess::kReadOnly), denied);
  fs::permissions(folder.path(), fs::perms(0755));
}

TEST(SqlitePermissions, WaitsForTheDeadlineOnAStoreThatCannotChange) {
  namespace fs = std::filesystem;
  const TemporaryFolder folder;
  const fs::path file = MakeReadOnlyStore(folder);

  const int waited = WithoutPrivilege([&] {
    const auto store = OpenSqliteStore(file, SqliteAccess::kReadOnly).value();
    const auto now = std::chrono::steady_clock::now();
    const bool is_right = store->WaitForChange(0, now).value() &&
                          !store->WaitForChange(1, now).value() &&
                          !fs::exists(file.string() + "-wal");
    return is_right ? 0 : 1;
  });

  EXPECT_EQ(waited, 0);
  fs::permissions(folder.path(), fs::perms(0755));
}

TEST(SqliteWriteQueue, FailsOnlyTheBadRequestOfAGroup) {
  const TemporaryFolder folder;
  const auto driver = SqliteDriver::Open(folder / "queue.db", {}).value();
  ASSERT_TRUE(driver->Execute("PRAGMA journal_mode = WAL", {}));
  ASSERT_TRUE(driver->Execute("CREATE TABLE numbers (n BIGINT NOT NULL UNIQUE)", {}));
  WriteQueue queue(*driver);

  const auto write = [&](std::int64_t number, bool is_bad) {
    const Status status = queue.Write([&](Driver& connection) -> Status {
      HONE_RETURN_IF_ERROR(connection.Execute("INSERT INTO numbers VALUES ($1)", {number}));
      return is_bad ? Status(Fail(Code::kCancelled, "bad")) : Status();
    });
    EXPECT_EQ(status.has_value(), !is_bad);
  };
  std::vector<std::thread> threads;
  for (std::int64_t t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (std::int64_t i = 0; i < 50; ++i) {
        write(t * 100 + i, (t + i) % 3 == 0);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  std::int64_t rows = 0;
  ASSERT_TRUE(driver->Query("SELECT count(*) FROM numbers", {}, [&](const Row& row) {
    rows = row.Integer(0);
    return Status();
  }));
  EXPECT_EQ(rows, 267);
}

}  // namespace
}  // namespace hone::db
