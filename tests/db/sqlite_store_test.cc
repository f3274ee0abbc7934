#include "db/sqlite/sqlite_store.h"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/sql/migrations.h"
#include "db/sql/statements.h"
#include "db/sql/trial_query.h"
#include "db/sqlite/file_system.h"
#include "db/sqlite/sqlite_driver.h"
#include "tests/db/nouns.h"
#include "tests/db/store_contract.h"
#include "tests/temporary_folder.h"

namespace hone::db {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SqliteStore : public testing::Test {
 protected:
  [[nodiscard]] Result<std::unique_ptr<SqlStore>> Open(
      SqliteAccess access = SqliteAccess::kReadWrite) const {
    return OpenSqliteStore(file_, access);
  }
  [[nodiscard]] Error OpenError(SqliteAccess access = SqliteAccess::kReadWrite) const {
    const auto store = Open(access);
    EXPECT_FALSE(store.has_value());
    return store.has_value() ? Error{} : store.error();
  }
  /// Runs one statement on the file through a separate connection.
  void Execute(const std::string& sql) const {
    const auto driver = SqliteDriver::Open(file_, {}).value();
    const auto done = driver->Execute(sql, {});
    ASSERT_TRUE(done) << done.error().message;
  }
  [[nodiscard]] std::string FileContents() const {
    std::ifstream in(file_, std::ios::binary);
    std::ostringstream contents;
    contents << in.rdbuf();
    return contents.str();
  }

  TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_ / "store.db";
};

TEST_F(SqliteStore, RemembersAfterItWasClosed) {
  {
    const auto store = Open().value();
    Story story(*store);
    story.Create();
  }

  const auto store = Open().value();

  EXPECT_EQ(store->ListTrials({.experiment = {"default", "tune"}}).value().size(), 1U);
  EXPECT_EQ(store->AcquireEpoch().value(), 2U);
}

TEST_F(SqliteStore, LeavesOneFileBehindWhenClosed) {
  { Story story(*Open().value()); }

  EXPECT_TRUE(std::filesystem::exists(file_));
  EXPECT_FALSE(std::filesystem::exists(file_.string() + "-wal"));
}

TEST_F(SqliteStore, HasAnIdOfItsOwnForLife) {
  const std::string id = Open().value()->StoreId().value();

  EXPECT_EQ(id.size(), 32U);
  EXPECT_EQ(Open(SqliteAccess::kReadOnly).value()->StoreId().value(), id);
  const auto other = OpenSqliteStore(folder_ / "other.db", SqliteAccess::kReadWrite).value();
  EXPECT_NE(other->StoreId().value(), id);
}

TEST_F(SqliteStore, IsReadByOthersWhileItIsWritten) {
  const auto writer = Open().value();
  const auto reader = Open(SqliteAccess::kReadOnly).value();

  Story story(*writer);
  story.Create();

  EXPECT_EQ(reader->ListTrials({.experiment = story.key()}).value().size(), 1U);
  EXPECT_EQ(CodeOf(reader->CreateExperiment(AnExperiment("x"))), Code::kFailedPrecondition);
  EXPECT_TRUE(reader->Sync());
}

TEST_F(SqliteStore, LetsAnotherProcessChangeTheSpecBesideTheOneThatCommits) {
  const auto running = Open().value();
  Story story(*running);
  Transition transition = story.Next();
  Experiment stopped = story.experiment();
  stopped.spec.suspend = true;

  ASSERT_TRUE(Open().value()->UpdateSpec(stopped));

  EXPECT_EQ(CodeOf(running->Commit(transition)), Code::kAborted);
  EXPECT_TRUE(running->GetExperiment(story.key()).value().spec.suspend);
}

TEST_F(SqliteStore, ReadsNothingWhereThereIsNoFile) {
  EXPECT_EQ(OpenError(SqliteAccess::kReadOnly).code, Code::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(SqliteStore, NamesTheFileThatItCannotMake) {
  const auto no_folder = OpenSqliteStore(folder_ / "no" / "a.db", SqliteAccess::kReadWrite);
  const auto is_folder = OpenSqliteStore(folder_.path(), SqliteAccess::kReadWrite);

  EXPECT_EQ(CodeOf(no_folder), Code::kNotFound);
  EXPECT_THAT(no_folder.error().message, HasSubstr("no/a.db"));
  EXPECT_EQ(CodeOf(is_folder), Code::kInvalidArgument);
}

TEST_F(SqliteStore, RefusesAFileThatIsNoDatabase) {
  std::ofstream(file_) << std::string(5000, 'z');

  for (const SqliteAccess access : {SqliteAccess::kReadWrite, SqliteAccess::kReadOnly}) {
    const Error error = OpenError(access);
    EXPECT_EQ(error.code, Code::kDataLoss);
    EXPECT_THAT(error.message, AllOf(HasSubstr(file_.string()), HasSubstr("not a database")));
  }
  EXPECT_EQ(FileContents(), std::string(5000, 'z'));
}

TEST_F(SqliteStore, RefusesTheDatabaseOfAnotherProgramUntouched) {
  Execute("CREATE TABLE songs (title TEXT)");
  const std::string before = FileContents();

  EXPECT_EQ(OpenError().code, Code::kFailedPrecondition);
  EXPECT_EQ(OpenError(SqliteAccess::kReadOnly).code, Code::kFailedPrecondition);
  EXPECT_EQ(FileContents(), before);
}

TEST_F(SqliteStore, RefusesAStoreOfANewerHone) {
  ASSERT_TRUE(Open());
  Execute("INSERT INTO schema_migrations VALUES (99, 'x', 0)");

  for (const SqliteAccess access : {SqliteAccess::kReadWrite, SqliteAccess::kReadOnly}) {
    const Error error = OpenError(access);
    EXPECT_EQ(error.code, Code::kFailedPrecondition);
    EXPECT_THAT(error.message,
                AllOf(HasSubstr(file_.string()), HasSubstr("newer"), HasSubstr("99")));
  }
}

TEST_F(SqliteStore, RefusesAStoreMadeByAnotherMigration) {
  ASSERT_TRUE(Open());
  Execute("UPDATE schema_migrations SET checksum = 'other'");

  EXPECT_EQ(OpenError().code, Code::kFailedPrecondition);
  EXPECT_THAT(OpenError().message, HasSubstr("migration 1 differs"));
}

TEST_F(SqliteStore, SaysWhichDocumentIsDamaged) {
  const auto store = Open().value();
  Story story(*store);
  story.Create();
  Execute("UPDATE trials SET assignments = '[{'");

  const auto trials = store->ListTrials({.experiment = story.key()});

  EXPECT_EQ(CodeOf(trials), Code::kDataLoss);
  EXPECT_THAT(trials.error().message, HasSubstr("assignments of trial tune-1"));
}

TEST_F(SqliteStore, RunsEachMigrationOnce) {
  ASSERT_TRUE(Open());
  const auto driver = SqliteDriver::Open(file_, {}).value();

  ASSERT_TRUE(Migrate(*driver, At(0)));

  std::int64_t count = 0;
  ASSERT_TRUE(driver->Query("SELECT count(*) FROM schema_migrations", {}, [&](const Row& row) {
    count = row.Integer(0);
    return Status();
  }));
  EXPECT_EQ(count, static_cast<std::int64_t>(Migrations().size()));
}

// The text of a released migration never changes: existing stores have recorded its checksum.
TEST_F(SqliteStore, KeepsTheTextOfReleasedMigrations) {
  ASSERT_EQ(Migrations().size(), 1U);
  EXPECT_EQ(Checksum(Migrations()[0]), "86d6f253b0fbaa00");
}

/// A file without any migration, as left by a process killed before the first one.
class StoreOfVersion0 : public SqliteStore {
 protected:
  StoreOfVersion0() {
    Execute(
        "CREATE TABLE schema_migrations (version BIGINT NOT NULL PRIMARY KEY, "
        "checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)");
  }
};

TEST_F(StoreOfVersion0, IsMigratedByTheFirstWriter) {
  Story story(*Open().value());

  EXPECT_EQ(Open(SqliteAccess::kReadOnly).value()->ListExperiments("")->size(), 1U);
}

TEST_F(StoreOfVersion0, TellsAReaderThatAWriterMustMigrateItFirst) {
  const Error error = OpenError(SqliteAccess::kReadOnly);

  EXPECT_EQ(error.code, Code::kFailedPrecondition);
  EXPECT_THAT(error.message,
              AllOf(HasSubstr("schema version 0"), HasSubstr("needs 1"), HasSubstr("hone run")));
}

TEST_F(SqliteStore, KeepsEachTableButExperimentsInOneTree) {
  ASSERT_TRUE(Open());
  const auto driver = SqliteDriver::Open(file_, {}).value();
  std::vector<std::string> tables;

  ASSERT_TRUE(
      driver->Query("SELECT tbl_name FROM sqlite_master WHERE name LIKE 'sqlite_autoindex%'",
                    {},
                    [&](const Row& row) {
                      tables.emplace_back(row.Text(0));
                      return Status();
                    }));

  EXPECT_THAT(tables, testing::UnorderedElementsAre("experiments", "schema_migrations"));
}

TEST_F(SqliteStore, RefusesNetworkFileSystemsAndNoOthers) {
  EXPECT_EQ(NetworkFileSystem(0x6969), "NFS");
  EXPECT_EQ(NetworkFileSystem(0xff534d42), "SMB/CIFS");
  for (const std::uint32_t local : {0xef53U, 0x01021994U, 0x794c7630U, 0x65735546U}) {
    EXPECT_THAT(NetworkFileSystem(local), IsEmpty());
  }
  EXPECT_TRUE(CheckFileSystem(folder_.path()));
}

class QueryPlan : public SqliteStore {
 protected:
  [[nodiscard]] std::string Plan(const TrialQuery& query) {
    EXPECT_TRUE(Open());
    const auto driver = SqliteDriver::Open(file_, {}).value();
    std::string plan;
    const std::string statement = "EXPLAIN QUERY PLAN " + TrialQueryStatement(query);
    const auto read = [&](const Row& row) {
      plan += std::string(row.Text(3)) + "\n";
      return Status();
    };
    const Status status = query.changed_since > 0
                              ? driver->Query(statement, {"default", "tune", 0L, 7L, 10L}, read)
                              : driver->Query(statement, {"default", "tune", 0L, 10L}, read);
    EXPECT_TRUE(status);
    return plan;
  }
};

TEST_F(QueryPlan, FindsActiveTrialsWithoutPassingFinishedOnes) {
  EXPECT_THAT(Plan({.states = {TrialState::kCreated, TrialState::kRunning}}),
              AllOf(HasSubstr("trials_active"), Not(HasSubstr("SCAN"))));
}

TEST_F(QueryPlan, FindsChangedTrialsWithoutPassingUnchangedOnes) {
  EXPECT_THAT(
      Plan({.changed_since = 7}),
      AllOf(HasSubstr("PRIMARY KEY (experiment_id=? AND ordinal=?)"), Not(HasSubstr("SCAN"))));
}

TEST_F(QueryPlan, ReadsTheLogOnFromACursorWithoutSorting) {
  ASSERT_TRUE(Open());
  const auto driver = SqliteDriver::Open(file_, {}).value();
  std::string plan;

  ASSERT_TRUE(driver->Query(
      "EXPLAIN QUERY PLAN " + std::string(sql::kListChanges), {7L, 10L}, [&](const Row& row) {
        plan += std::string(row.Text(3)) + "\n";
        return Status();
      }));

  EXPECT_THAT(plan, AllOf(HasSubstr("SEARCH c USING INTEGER PRIMARY KEY"), Not(HasSubstr("SCAN"))));
  EXPECT_THAT(plan, Not(HasSubstr("B-TREE")));
}

TEST_F(QueryPlan, PagesThroughTrialsWithoutSorting) {
  EXPECT_THAT(Plan({.after_ordinal = 7}), Not(HasSubstr("B-TREE")));
  EXPECT_THAT(Plan({.descending = true}), Not(HasSubstr("B-TREE")));
}

}  // namespace
}  // namespace hone::db
