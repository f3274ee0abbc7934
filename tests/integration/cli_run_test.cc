// `hone run` with the real program, real trials and a real store.
#include <algorithm>
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/program.h"

namespace hone {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using Words = std::vector<std::string>;

// Flags of a small experiment whose trials run `script` with the parameter x as $0.
Words SmallRun(const std::string& name, const std::string& script, const Words& more = {}) {
  Words words = {"run", "--maximize", "score", "-p", "x=int:1..100", "-n", "4", "--name", name};
  words.insert(words.end(), more.begin(), more.end());
  words.insert(words.end(), {"--", "/bin/sh", "-c", script, "{x}"});
  return words;
}

// A trial that waits until the test creates the file `go`.
constexpr const char* kUntilGo =
    "cd $HOME; echo $$ >> pids; while [ -e pids ] && [ ! -e go ]; do sleep 0.02; done; echo "
    "score=$0";

std::size_t CountLines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(CliRun, RunsAnExperimentWrittenAsFlagsToItsEnd) {
  const Sandbox sandbox;

  const Outcome run = sandbox.Hone(SmallRun("small", "echo score=$0", {"-j", "2", "--seed", "1"}));

  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("Experiment small succeeded"));
  EXPECT_THAT(run.out, HasSubstr("best trial"));
  EXPECT_THAT(run.out, HasSubstr("of the trial slots' time"));
  const Outcome trials = sandbox.Hone({"get", "trials", "small", "-o", "name"});
  EXPECT_EQ(trials.out, "trial/small-1\ntrial/small-2\ntrial/small-3\ntrial/small-4\n");
  EXPECT_THAT(sandbox.Hone({"logs", "small-1"}).out, StartsWith("score="));
  EXPECT_THAT(sandbox.Hone({"get", "experiments"}).out, HasSubstr("Succeeded"));
}

TEST(CliRun, PrintsDataOnStdoutAndProgressOnStderr) {
  const Sandbox sandbox;

  const Outcome run = sandbox.Hone(SmallRun("small", "echo score=$0", {"-o", "json"}));
  const Outcome quiet = sandbox.Hone(SmallRun("quiet", "echo score=$0", {"-o", "name", "-q"}));

  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.out, StartsWith("{"));
  EXPECT_THAT(run.out, HasSubstr("\"currentOptimalTrial\""));
  EXPECT_THAT(run.err, HasSubstr("small-4  Succeeded  score="));
  EXPECT_EQ(run.err.find('\x1b'), std::string::npos);
  EXPECT_EQ(quiet.out, "experiment/quiet\n");
  EXPECT_EQ(quiet.err, "");
}

TEST(CliRun, ExitsWithThreeWhenTheExperimentFails) {
  const Sandbox sandbox;

  const Outcome run = sandbox.Hone(SmallRun("bad", "exit 7", {"--max-failed", "2"}));

  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_THAT(run.out, HasSubstr("failed"));
}

TEST(CliRun, PrintsAManifestThatMeansTheSame) {
  const Sandbox sandbox;
  Words words = SmallRun("same", "echo score=$0", {"--seed", "3", "--print-yaml"});

  const Outcome printed = sandbox.Hone(words);
  sandbox.Write("same.yaml", printed.out);
  const Outcome from_file = sandbox.Hone({"run", "same.yaml", "--name", "from-file"});
  const Outcome from_flags = sandbox.Hone(SmallRun("from-flags", "echo score=$0", {"--seed", "3"}));

  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_EQ(sandbox.Hone({"validate", "same.yaml"}).exit_code, 0);
  EXPECT_EQ(from_file.exit_code, 0) << from_file.err;
  EXPECT_EQ(from_flags.exit_code, 0) << from_flags.err;
  const std::string cut = " | cut -d, -f7,8";
  EXPECT_EQ(sandbox.Shell("hone export from-file" + cut).out,
            sandbox.Shell("hone export from-flags" + cut).out);
}

TEST(CliRun, RefusesANameThatIsTakenAndSaysWhatToDo) {
  const Sandbox sandbox;
  ASSERT_EQ(sandbox.Hone(SmallRun("small", "echo score=$0")).exit_code, 0);

  const Outcome again = sandbox.Hone(SmallRun("small", "echo score=$0"));

  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, HasSubstr("hone delete small"));
  EXPECT_THAT(again.err, HasSubstr("--name"));
}

TEST(CliRun, FinishesRunningTrialsAfterOneInterrupt) {
  const Sandbox sandbox;
  Running run = sandbox.Start(SmallRun("drained", kUntilGo, {"-j", "2"}));
  ASSERT_TRUE(Eventually([&] { return CountLines(sandbox.Read("pids")) == 2; }));

  run.Signal(SIGINT);
  ASSERT_TRUE(Eventually(
      [&] { return run.Err().find("finishing 2 running trials") != std::string::npos; }));
  sandbox.Write("go", "");
  const Outcome interrupted = run.Wait();

  EXPECT_EQ(interrupted.exit_code, 130);
  EXPECT_THAT(interrupted.err, HasSubstr("hone resume drained"));
  EXPECT_THAT(sandbox.Hone({"get", "experiments"}).out, HasSubstr("Interrupted"));
  const Outcome resumed = sandbox.Hone({"resume", "drained"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(CountLines(sandbox.Read("pids")), 4U);
}

TEST(CliRun, StopsAtOnceAfterTwoInterrupts) {
  const Sandbox sandbox;
  Running run = sandbox.Start(SmallRun("stopped", kUntilGo, {"-j", "2"}));
  ASSERT_TRUE(Eventually([&] { return CountLines(sandbox.Read("pids")) == 2; }));

  run.Signal(SIGINT);
  ASSERT_TRUE(Eventually([&] { return run.Err().find("finishing") != std::string::npos; }));
  run.Signal(SIGINT);

  EXPECT_EQ(run.Wait().exit_code, 130);
  EXPECT_EQ(
      sandbox.Shell("for pid in $(cat pids); do kill -0 $pid 2>&1; done | grep -c 'No such'").out,
      "2\n");
}

TEST(CliRun, LosesNothingWhenItIsKilled) {
  const Sandbox sandbox;
  Running run = sandbox.Start(SmallRun("killed", kUntilGo, {"-j", "2"}));
  ASSERT_TRUE(Eventually([&] { return CountLines(sandbox.Read("pids")) == 2; }));

  run.Signal(SIGKILL);
  EXPECT_EQ(run.Wait().exit_code, 128 + SIGKILL);
  EXPECT_THAT(sandbox.Hone({"get", "experiments"}).out, HasSubstr("Interrupted"));
  sandbox.Write("go", "");
  const Outcome resumed = sandbox.Hone({"resume", "killed"});

  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.out, HasSubstr("4 trials"));
  EXPECT_EQ(sandbox.Hone({"get", "trials", "killed", "--state", "Succeeded", "-o", "name"}).out,
            "trial/killed-1\ntrial/killed-2\ntrial/killed-3\ntrial/killed-4\n");
}

TEST(CliRun, NamesTheProcessThatHoldsTheStore) {
  const Sandbox sandbox;
  Running first = sandbox.Start(SmallRun("first", kUntilGo));
  ASSERT_TRUE(Eventually([&] { return CountLines(sandbox.Read("pids")) == 1; }));

  const Outcome second = sandbox.Hone(SmallRun("second", "echo score=$0"));

  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.err, HasSubstr("pid "));
  EXPECT_THAT(second.err, HasSubstr("[default/first]"));
  EXPECT_THAT(sandbox.Hone({"get", "experiments"}).out, HasSubstr("Running"));
  EXPECT_EQ(sandbox.Hone({"delete", "first"}).exit_code, 1);
}

TEST(CliRun, IsStoppedFromElsewhereAndResumed) {
  const Sandbox sandbox;
  Running run = sandbox.Start(SmallRun("small", kUntilGo));
  ASSERT_TRUE(Eventually([&] { return CountLines(sandbox.Read("pids")) == 1; }));

  const Outcome stop = sandbox.Hone({"stop", "small"});
  const Outcome stopped = run.Wait();

  EXPECT_EQ(stop.exit_code, 0) << stop.err;
  EXPECT_EQ(stopped.exit_code, 130);
  EXPECT_THAT(sandbox.Hone({"get", "experiments"}).out, HasSubstr("Suspended"));
  sandbox.Write("go", "");
  const Outcome resumed = sandbox.Hone({"resume", "small", "--trials", "6", "-j", "2"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.out, HasSubstr("6 trials"));
}

TEST(CliRun, FollowsALogUntilTheTrialHasEnded) {
  const Sandbox sandbox;
  Running run = sandbox.Start(SmallRun("small", "echo begun; " + std::string(kUntilGo)));
  ASSERT_TRUE(Eventually([&] { return CountLines(sandbox.Read("pids")) == 1; }));
  Running follow = sandbox.Start({"logs", "small-1", "-f"});

  sandbox.Write("go", "");

  const Outcome followed = follow.Wait();
  EXPECT_EQ(followed.exit_code, 0) << followed.err;
  EXPECT_THAT(followed.out, StartsWith("begun\nscore="));
  EXPECT_EQ(run.Wait().exit_code, 0);
}

TEST(CliRun, TakesAParameterOfOneValueAndTheNameOfACommand) {
  const Sandbox sandbox;
  ASSERT_EQ(sandbox
                .Hone({"run",
                       "--maximize",
                       "score",
                       "-p",
                       "x=int:1..100",
                       "-p",
                       "one=int:3..3",
                       "-n",
                       "2",
                       "--name",
                       "run",
                       "--",
                       "/bin/echo",
                       "score={x}{one}"})
                .exit_code,
            0);

  EXPECT_THAT(sandbox.Shell("hone describe run | grep one").out,
              ContainsRegex("one +int +uniform +3\n"));
  EXPECT_THAT(sandbox.Hone({"resume", "run"}).err, HasSubstr("has ended already"));
}

TEST(CliRun, DeletesRowsAndFiles) {
  const Sandbox sandbox;
  ASSERT_EQ(sandbox.Hone(SmallRun("small", "echo score=$0")).exit_code, 0);
  ASSERT_NE(sandbox.Shell("find . -name small-1.log").out, "");

  EXPECT_EQ(sandbox.Hone({"delete", "small"}).exit_code, 0);

  EXPECT_EQ(sandbox.Shell("find . -name small-1.log").out, "");
  EXPECT_EQ(sandbox.Hone({"describe", "small"}).exit_code, 1);
  EXPECT_EQ(sandbox.Hone(SmallRun("small", "echo score=$0")).exit_code, 0);
}

}  // namespace
}  // namespace hone
