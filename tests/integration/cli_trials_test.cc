// Files that trials leave behind, and effects of trials on each other, with the real program.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/program.h"

namespace hone {
namespace {

using ::testing::HasSubstr;
using Words = std::vector<std::string>;

/// Four trials that run `script` with the parameter x as $0, under the store `store`.
Words SmallRun(const std::string& store,
               const std::string& name,
               const std::string& script,
               const Words& more = {}) {
  Words words = {"--store",
                 store,
                 "run",
                 "--maximize",
                 "score",
                 "-p",
                 "x=int:1..100",
                 "--seed",
                 "1",
                 "-n",
                 "4",
                 "-j",
                 "2",
                 "--name",
                 name};
  words.insert(words.end(), more.begin(), more.end());
  words.insert(words.end(), {"--", "/bin/sh", "-c", script, "{x}"});
  return words;
}

std::ptrdiff_t CountLines(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

TEST(CliTrials, OfTheOriginalAreLeftAloneByAHoneOnACopyOfItsStore) {
  const Sandbox sandbox;
  Running original = sandbox.Start(
      SmallRun("one.db",
               "waiting",
               "cd $HOME; echo $$ >> pids; while [ -e pids ] && [ ! -e go ]; do sleep 0.02; done; "
               "echo score=$0"));
  ASSERT_TRUE(Eventually([&] { return CountLines(sandbox.Read("pids")) == 2; }));
  ASSERT_EQ(sandbox.Shell("cp one.db two.db && cp one.db-wal two.db-wal").exit_code, 0);

  const Outcome copy = sandbox.Hone(SmallRun("two.db", "other", "echo score=$0"));
  sandbox.Write("go", "");
  const Outcome run = original.Wait();

  EXPECT_EQ(copy.exit_code, 0) << copy.err;
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(CountLines(sandbox.Read("pids")), 4);
  EXPECT_EQ(
      CountLines(sandbox.Shell("hone --store one.db get trials --state Succeeded -o name").out), 4);
}

TEST(CliTrials, ThatDeleteTheStoreAreNoticed) {
  const Sandbox sandbox;

  const Outcome run = sandbox.Hone(SmallRun("s.db", "rude", "rm -f $HOME/s.db; echo score=$0"));

  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("s.db was deleted or replaced while it was in use"));
}

TEST(CliTrials, KeepTheirFilesApartUnlessTheyAreToldToShare) {
  const Sandbox sandbox;
  const std::string script = "echo $0 >>all; echo score=$(cat all | wc -l)";

  const Outcome apart = sandbox.Hone(SmallRun("s.db", "apart", script));
  const bool has_shared = std::filesystem::exists(sandbox.path() / "all");
  const Outcome shared = sandbox.Hone(SmallRun("s.db", "shared", script, {"--shared-folder"}));

  EXPECT_EQ(apart.exit_code, 0) << apart.err;
  EXPECT_FALSE(has_shared);
  EXPECT_THAT(apart.out, HasSubstr("s.db.trials/default/apart/work/apart-"));
  EXPECT_EQ(shared.exit_code, 0) << shared.err;
  EXPECT_EQ(CountLines(sandbox.Read("all")), 4);
}

TEST(CliTrials, WriteAMetricFileThatIsNamedRelatively) {
  const Sandbox sandbox;

  const Outcome run = sandbox.Hone(
      SmallRun("s.db", "relative", "echo score=$0 >out/m.txt", {"--file-metrics", "out/m.txt"}));

  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(CountLines(sandbox.Shell("hone --store s.db get trials --state Succeeded -o name").out),
            4);
}

TEST(CliTrials, LeaveNoFilesThoughTheirDeletionWasCutOff) {
  const Sandbox sandbox;
  const std::string trials = "s.db.trials/";
  ASSERT_EQ(sandbox.Hone(SmallRun("s.db", "old", "echo score=$0")).exit_code, 0);
  std::string uid = sandbox.Read(trials + "default/old/.experiment");
  uid.resize(uid.find('\n'));
  // The state after hone is killed when the rows have been deleted and the files not.
  const Outcome cut =
      sandbox.Shell("cp -r " + trials + "default/old kept; hone --store s.db delete old; mv kept " +
                    trials + "default/old; mkdir " + trials + ".deleting; echo default/old > " +
                    trials + ".deleting/" + uid);

  ASSERT_EQ(cut.exit_code, 0) << cut.err;
  ASSERT_EQ(sandbox.Hone(SmallRun("s.db", "new", "echo score=$0")).exit_code, 0);

  EXPECT_FALSE(std::filesystem::exists(sandbox.path() / trials / "default" / "old"));
  EXPECT_TRUE(std::filesystem::exists(sandbox.path() / trials / "default" / "new"));
}

}  // namespace
}  // namespace hone
