// What trials leave behind and do to each other, with the real program.
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

}  // namespace
}  // namespace hone
