// Faults of a store, through the real program.
#include <csignal>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "db/sqlite/sqlite_driver.h"
#include "tests/integration/program.h"
#include "tests/paths.inc"

namespace hone {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kRun =
    " --maximize score -p x=int:1..1000000 -j 2 --seed 1 -- /bin/sh -c 'echo score=$0' {x}";

class CliStore : public ::testing::Test {
 protected:
  /// `hone` with `words`, as a user who may read the folder "here" and not write to it.
  [[nodiscard]] Outcome AsReader(const std::string& words) const {
    // root ignores permissions, so it becomes another user.
    const std::string become =
        ::geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : "";
    return sandbox_.Shell("cp -f " HONE_PROGRAM " program; chmod -R a+rX .; chmod -R a-w here; " +
                          become + "./program " + words +
                          "; code=$?; chmod -R u+w here; exit $code");
  }

  Sandbox sandbox_;
};

TEST_F(CliStore, ThatMayOnlyBeReadIsReadAndNotRunOn) {
  ASSERT_EQ(
      sandbox_.Shell("hone run --store here/s.db --name small -n 3" + std::string(kRun)).exit_code,
      0);

  const Outcome get = AsReader("get experiments --store here/s.db -o name");
  const Outcome run = AsReader("run --store here/s.db --name other -n 3" + std::string(kRun));
  const Outcome remove = AsReader("delete small --store here/s.db");

  EXPECT_EQ(get.exit_code, 0) << get.err;
  EXPECT_EQ(get.out, "experiment/small\n");
  for (const Outcome& outcome : {run, remove}) {
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("here/s.db"), HasSubstr("writ")));
  }
  EXPECT_EQ(sandbox_.Shell("hone get experiments --store here/s.db -o name").out,
            "experiment/small\n");
}

TEST_F(CliStore, ThatANewerHoneWroteIsLeftAlone) {
  ASSERT_EQ(sandbox_.Shell("hone run --store s.db --name small -n 3" + std::string(kRun)).exit_code,
            0);
  {
    const auto driver = db::SqliteDriver::Open(sandbox_.path() / "s.db", {}).value();
    ASSERT_TRUE(
        driver->Execute("INSERT INTO schema_migrations (version, checksum, applied_at) "
                        "VALUES (99, 'of the future', 0)",
                        {}));
  }
  for (const std::string line : {"get experiments", "describe small", "resume small"}) {
    const Outcome outcome = sandbox_.Shell("hone " + line + " --store s.db");

    EXPECT_EQ(outcome.exit_code, 1) << line;
    EXPECT_THAT(outcome.err,
                AllOf(HasSubstr("s.db"), HasSubstr("written by a newer hone"), HasSubstr("use")));
  }
}

// Stores of an older schema with experiments exist only from the second migration on. Until then
// the only older schema is that of a hone killed before the first migration.
TEST_F(CliStore, ThatLacksMigrationsIsMigratedByTheFirstCommand) {
  ASSERT_TRUE(db::SqliteDriver::Open(sandbox_.path() / "s.db", {})
                  .value()
                  ->Execute("CREATE TABLE schema_migrations (version BIGINT NOT NULL PRIMARY KEY, "
                            "checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)",
                            {}));

  const Outcome get = sandbox_.Shell("hone get experiments --store s.db");
  const Outcome run = sandbox_.Shell("hone run --store s.db --name small -n 3" + std::string(kRun));

  EXPECT_EQ(get.exit_code, 0) << get.err;
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(sandbox_.Shell("hone get trials small --store s.db -o name | wc -l").out, "3\n");
}

TEST_F(CliStore, ThatAnotherMigrationMadeIsRefused) {
  ASSERT_EQ(sandbox_.Shell("hone run --store s.db --name small -n 3" + std::string(kRun)).exit_code,
            0);
  ASSERT_TRUE(db::SqliteDriver::Open(sandbox_.path() / "s.db", {})
                  .value()
                  ->Execute("UPDATE schema_migrations SET checksum = 'of an earlier build'", {}));
  for (const std::string line : {"get trials small", "resume small -n 5"}) {
    const Outcome outcome = sandbox_.Shell("hone " + line + " --store s.db");

    EXPECT_EQ(outcome.exit_code, 1) << line;
    EXPECT_THAT(outcome.err, HasSubstr("use the hone that made it")) << line;
  }
}

TEST_F(CliStore, ThatIsNoStoreIsNotTouched) {
  sandbox_.Write("notes.txt", "Remember the milk, all of it, and the bread as well.\n");

  const Outcome run =
      sandbox_.Shell("hone run --store notes.txt --name small -n 3" + std::string(kRun));

  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("notes.txt"));
  EXPECT_THAT(sandbox_.Read("notes.txt"), StartsWith("Remember the milk"));
}

TEST_F(CliStore, UnderTwoNamesHasOneLock) {
  ASSERT_EQ(sandbox_.Shell("mkdir far; ln -s far/s.db link.db; ln -s far near").exit_code, 0);

  const std::string started = (sandbox_.path() / "started").string();
  for (const std::string store : {"link.db", "near/s.db"}) {
    const std::size_t before = sandbox_.Read("started").size();
    Running first = sandbox_.Start({"run",
                                    "--store",
                                    store,
                                    "--maximize",
                                    "score",
                                    "-p",
                                    "x=a,b",
                                    "-n",
                                    "1",
                                    "--",
                                    "/bin/sh",
                                    "-c",
                                    "echo on >> " + started + "; sleep 60",
                                    "{x}"});
    ASSERT_TRUE(Eventually([&] { return sandbox_.Read("started").size() > before; }));

    const Outcome second =
        sandbox_.Shell("hone run --store far/s.db --name second -n 3" + std::string(kRun));

    EXPECT_EQ(second.exit_code, 1) << store;
    EXPECT_THAT(second.err,
                AllOf(HasSubstr("in use by pid"), HasSubstr("another store with --store")));
    first.Signal(SIGTERM);
    first.Wait();
  }
  EXPECT_FALSE(std::filesystem::exists(sandbox_.path() / "link.db.lock"));
}

TEST_F(CliStore, ThatIsADeviceOrAFolderIsRefusedAndNothingIsMadeBesideIt) {
  ASSERT_EQ(sandbox_.Shell("mkdir folder; mkfifo pipe").exit_code, 0);
  for (const std::string store : {"folder", "pipe", "/dev/null"}) {
    const Outcome run =
        sandbox_.Shell("hone run --store " + store + " --name small -n 3" + std::string(kRun));

    EXPECT_EQ(run.exit_code, 1) << store;
    EXPECT_THAT(run.err, HasSubstr("name a file"));
    const std::filesystem::path beside = sandbox_.path() / (store + ".lock");
    EXPECT_FALSE(std::filesystem::exists(beside)) << beside;
  }
}

TEST_F(CliStore, ThatIsBeingMadeHasNoExperimentsYet) {
  sandbox_.Write("s.db", "");

  const Outcome get = sandbox_.Shell("hone get experiments --store s.db");

  EXPECT_EQ(get.exit_code, 0) << get.err;
  EXPECT_THAT(get.err, HasSubstr("no experiments in"));
}

// A limit on file sizes simulates a full disk: it gives the same error, and can be lifted.
TEST_F(CliStore, ThatDoesNotFitOnTheDiskEndsTheRunAndLosesNothing) {
  const std::string run =
      "hone run --store s.db --name big -n 3000 --algorithm random -q" + std::string(kRun);

  const Outcome full = sandbox_.Shell("trap '' XFSZ; ulimit -f 400; " + run);

  EXPECT_EQ(full.exit_code, 1);
  EXPECT_THAT(full.err, AllOf(HasSubstr("s.db"), HasSubstr("full"), HasSubstr("resume big")));
  const std::string done = sandbox_.Shell("hone get trials big --store s.db -o name | wc -l").out;
  EXPECT_GT(std::stoi(done), 0);
  EXPECT_LT(std::stoi(done), 3000);
  const Outcome resumed = sandbox_.Shell("hone resume big --store s.db -q");
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(sandbox_.Shell("hone export big --store s.db -o jsonl | grep -c Succeeded").out,
            "3000\n");
  EXPECT_EQ(
      sandbox_
          .Shell("hone export big --store s.db -o csv | tail -n +2 | cut -d, -f1 | sort | uniq -d")
          .out,
      "");
}

TEST_F(CliStore, IsBackedUpWhileItsTrialsRun) {
  Running run = sandbox_.Start({"run",
                                "--store",
                                "s.db",
                                "--name",
                                "small",
                                "--maximize",
                                "score",
                                "-p",
                                "x=int:1..9",
                                "-n",
                                "2",
                                "--",
                                "/bin/sh",
                                "-c",
                                "cd $HOME; echo score=$0; until test -e go; do sleep 0.02; done",
                                "{x}"});
  ASSERT_TRUE(Eventually([&] {
    return sandbox_.Shell("hone get trials small --store s.db -o json | grep -c Running").out ==
           "1\n";
  }));

  const Outcome backup = sandbox_.Shell("hone store backup copy.db --store s.db");
  const Outcome again = sandbox_.Shell("hone store backup copy.db --store s.db");
  const Outcome check = sandbox_.Shell("hone store check --store copy.db");
  const Outcome get = sandbox_.Shell("hone get experiments --store copy.db -o name");
  sandbox_.Write("go", "");

  EXPECT_EQ(run.Wait().exit_code, 0);
  EXPECT_EQ(backup.exit_code, 0);
  EXPECT_THAT(backup.err, StartsWith("wrote copy.db: 1 experiments, "));
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, AllOf(HasSubstr("copy.db"), HasSubstr("exists")));
  EXPECT_EQ(check.exit_code, 0);
  EXPECT_THAT(check.out, HasSubstr("/copy.db is sound: 1 experiments, "));
  EXPECT_EQ(get.out, "experiment/small\n");
}

TEST_F(CliStore, ThatContradictsItselfIsNotSound) {
  ASSERT_EQ(sandbox_.Shell("hone run --store s.db --name small -n 3" + std::string(kRun)).exit_code,
            0);
  {
    const auto driver = db::SqliteDriver::Open(sandbox_.path() / "s.db", {}).value();
    ASSERT_TRUE(driver->Execute("DELETE FROM trials WHERE ordinal = 2", {}));
  }

  const Outcome check = sandbox_.Shell("hone store check --store s.db");

  EXPECT_EQ(check.exit_code, 1);
  EXPECT_THAT(
      check.out,
      AllOf(HasSubstr("/s.db: there are 1 observations without a trial\n"),
            HasSubstr("experiment default/small: its status counts 3 trials, and there are 2\n")));
}

}  // namespace
}  // namespace hone
