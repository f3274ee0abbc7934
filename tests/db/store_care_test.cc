// Backing up and examining a SQLite store.
#include "db/sqlite/store_care.h"

#include <atomic>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/sqlite/sqlite_driver.h"
#include "db/sqlite/sqlite_store.h"
#include "tests/db/nouns.h"
#include "tests/db/store_contract.h"
#include "tests/temporary_folder.h"

namespace hone::db {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class StoreCare : public testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<SqlStore> Open() const {
    return OpenSqliteStore(file_, SqliteAccess::kReadWrite).value();
  }
  /// Creates a store with one experiment of one trial that has an observation.
  void MakeStore() const {
    const auto store = Open();
    Story story(*store);
    const Trial trial = AddTrial(story, 1);
    story.Observe({trial.experiment, trial.ordinal, trial.attempt}, {AnObservation(1)});
  }
  /// Adds a trial as the controller does: the experiment's counts change in the same transition.
  static Trial AddTrial(Story& story, std::uint64_t ordinal) {
    Transition transition = story.Next();
    transition.created = {ATrial(story.experiment(), ordinal)};
    ++transition.experiment.status.counts.created;
    ++transition.experiment.status.counts.pending;
    return story.Commit(std::move(transition)).created[0];
  }
  void Execute(const std::string& sql) const {
    const auto driver = SqliteDriver::Open(file_, {}).value();
    const auto done = driver->Execute(sql, {});
    ASSERT_TRUE(done) << done.error().message;
  }
  [[nodiscard]] std::vector<std::string> Faults() const {
    return ExamineSqliteStore(file_).value().faults;
  }

  TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_ / "store.db";
  const std::filesystem::path copy_ = folder_ / "copy.db";
};

TEST_F(StoreCare, CopiesAllOfAStoreThatIsOpen) {
  const auto store = Open();
  Story story(*store);
  AddTrial(story, 1);

  const StoreContents contents = BackUpSqliteStore(file_, copy_).value();

  EXPECT_EQ(contents.experiments, 1);
  EXPECT_EQ(contents.trials, 1);
  const auto copy = OpenSqliteStore(copy_, SqliteAccess::kReadWrite).value();
  EXPECT_EQ(copy->GetExperiment(story.key()).value(), story.experiment());
  EXPECT_EQ(copy->ListTrials({.experiment = story.key()}).value(), story.Trials());
  EXPECT_EQ(copy->StoreId().value(), store->StoreId().value());
}

TEST_F(StoreCare, CopiesOneInstantWhileAnotherThreadCommits) {
  const auto store = Open();
  Story story(*store);
  std::atomic<bool> is_enough = false;
  std::jthread writer([&] {
    for (std::uint64_t ordinal = 1; !is_enough; ++ordinal) {
      AddTrial(story, ordinal);
    }
  });

  for (int copies = 0; copies < 20; ++copies) {
    const std::filesystem::path copy = folder_ / ("copy-" + std::to_string(copies) + ".db");
    ASSERT_TRUE(BackUpSqliteStore(file_, copy));
    EXPECT_THAT(ExamineSqliteStore(copy).value().faults, IsEmpty());
  }
  is_enough = true;
  writer.join();

  EXPECT_THAT(Faults(), IsEmpty());
}

TEST_F(StoreCare, OverwritesNothing) {
  MakeStore();
  std::ofstream(copy_) << "mine";

  const auto done = BackUpSqliteStore(file_, copy_);

  EXPECT_EQ(CodeOf(done), Code::kAlreadyExists);
  EXPECT_THAT(done.error().message, AllOf(HasSubstr("copy.db"), HasSubstr("exists")));
  EXPECT_EQ(std::filesystem::file_size(copy_), 4U);
}

TEST_F(StoreCare, LeavesNothingBehindWhereItFails) {
  const auto no_store = BackUpSqliteStore(file_, copy_);
  MakeStore();
  const auto no_folder = BackUpSqliteStore(file_, folder_ / "no" / "copy.db");
  std::ofstream(copy_.string() + ".partial") << "of somebody else";
  const auto taken = BackUpSqliteStore(file_, copy_);

  EXPECT_EQ(CodeOf(no_store), Code::kNotFound);
  EXPECT_EQ(CodeOf(no_folder), Code::kNotFound);
  EXPECT_EQ(CodeOf(taken), Code::kAlreadyExists);
  EXPECT_FALSE(std::filesystem::exists(copy_));
}

TEST_F(StoreCare, CopiesAStoreOfAnOlderSchema) {
  MakeStore();
  Execute("DELETE FROM schema_migrations");

  EXPECT_EQ(BackUpSqliteStore(file_, copy_).value().trials, 1);
  EXPECT_EQ(CodeOf(ExamineSqliteStore(file_)), Code::kFailedPrecondition);
}

TEST_F(StoreCare, FindsNothingWrongWithASoundStore) {
  MakeStore();
  Execute("UPDATE experiment_status SET optimal_ordinal = 1, optimal_value = 0.5");

  const StoreExamination examination = ExamineSqliteStore(file_).value();

  EXPECT_THAT(examination.faults, IsEmpty());
  EXPECT_EQ(examination.contents.trials, 1);
}

TEST_F(StoreCare, FindsCountsThatTheTrialsDoNotBearOut) {
  MakeStore();
  Execute("UPDATE trials SET state = 2");
  Execute("UPDATE experiment_status SET optimal_ordinal = 7, optimal_value = 0.5");

  EXPECT_THAT(
      Faults(),
      ElementsAre("experiment default/tune: its status counts 1 trials that are pending, and there "
                  "are 0",
                  "experiment default/tune: its status counts 0 trials that have succeeded, and "
                  "there are 1",
                  "experiment default/tune: its best trial, number 7, does not exist"));
}

TEST_F(StoreCare, FindsRowsThatBelongToNothing) {
  MakeStore();
  Execute("DELETE FROM trials");
  Execute("UPDATE experiment_status SET trials_created = 0, trials_pending = 0");
  EXPECT_THAT(Faults(), ElementsAre("there are 1 observations without a trial"));

  Execute(
      "INSERT INTO changes SELECT 77, kind, action, ns, name, uid, ordinal, generation, "
      "subject_sequence, state, time FROM changes WHERE sequence = 1");
  Execute("DELETE FROM experiments");
  EXPECT_THAT(Faults(),
              ElementsAre("there are 1 statuses without an experiment",
                          "there are 1 changes that the store has not numbered",
                          "there are 1 observations without a trial"));
}

TEST_F(StoreCare, FindsADamagedPage) {
  MakeStore();
  constexpr std::streamoff kPage = 2048;
  std::streamoff root = 0;
  ASSERT_TRUE(SqliteDriver::Open(file_, {}).value()->Query(
      "SELECT rootpage FROM sqlite_master WHERE name = 'changes'", {}, [&](const auto& row) {
        root = row.Integer(0);
        return Status();
      }));
  ASSERT_GT(root, 1);
  {
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp((root - 1) * kPage);
    file << std::string(kPage, '\x5a');
  }

  const auto examination = ExamineSqliteStore(file_);

  ASSERT_TRUE(examination) << examination.error().message;
  EXPECT_FALSE(examination->faults.empty());
}

}  // namespace
}  // namespace hone::db
