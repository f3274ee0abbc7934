// Deadlines, failures and the time budget with the real program, real trials and a real store; and
// how an experiment is resumed after them.
#include <algorithm>
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/program.h"

namespace hone {
namespace {

using ::testing::HasSubstr;

using Words = std::vector<std::string>;

/// An experiment whose trials run `script`; $0 is their value of x; the file "starts" records the
/// starts.
Words RunWords(const std::string& script, const Words& flags) {
  Words words = {"run", "--maximize", "score", "-p", "x=int:1..100", "--name", "limited"};
  words.insert(words.end(), flags.begin(), flags.end());
  words.insert(words.end(),
               {"--", "/bin/sh", "-c", "cd $HOME; echo $$ >>starts; " + script, "{x}"});
  return words;
}

std::size_t Starts(const Sandbox& sandbox) {
  const std::string text = sandbox.Read("starts");
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::string Trial(const Sandbox& sandbox, const std::string& number = "1") {
  return sandbox.Hone({"describe", "trial", "limited-" + number}).out;
}

std::string Count(const Sandbox& sandbox, const std::string& state) {
  return sandbox.Shell("hone get trials limited --state " + state + " -o name | wc -l").out;
}

TEST(CliDeadline, FailsATrialOnceAndKeepsWhatItReported) {
  const Sandbox sandbox;

  const Outcome run =
      sandbox.Hone(RunWords("echo score=7; sleep 1000", {"-n", "1", "--timeout", "1s"}));

  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_EQ(Starts(sandbox), 1U);
  EXPECT_EQ(Count(sandbox, "Failed"), "1\n");
  EXPECT_THAT(Trial(sandbox), HasSubstr("DeadlineExceeded"));
  EXPECT_THAT(sandbox.Hone({"describe", "trial", "limited-1", "-o", "json"}).out,
              HasSubstr("\"latest\": \"7\""));
}

TEST(CliDeadline, EndsRetriesToo) {
  const Sandbox sandbox;
  const std::string script = "[ $(wc -l <starts) = 1 ] && exit 5; sleep 1000";

  const Outcome run =
      sandbox.Hone(RunWords(script, {"-n", "1", "--timeout", "1s", "--retries", "3"}));

  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_EQ(Starts(sandbox), 2U);
  EXPECT_THAT(Trial(sandbox), HasSubstr("DeadlineExceeded"));
}

TEST(CliDeadline, HoldsAfterAResume) {
  const Sandbox sandbox;
  Running run = sandbox.Start(RunWords("sleep 1000", {"-n", "1", "--timeout", "2s"}));
  ASSERT_TRUE(Eventually([&] { return Starts(sandbox) == 1; }));
  run.Signal(SIGKILL);
  run.Wait();

  const Outcome resumed = sandbox.Hone({"resume", "limited"});

  EXPECT_EQ(resumed.exit_code, 3) << resumed.err;
  EXPECT_EQ(Starts(sandbox), 2U);
  EXPECT_THAT(Trial(sandbox), HasSubstr("DeadlineExceeded"));
}

TEST(CliFailures, EndAnExperimentWhoseFirstTrialsFailAlike) {
  const Sandbox sandbox;

  const Outcome run = sandbox.Hone(RunWords("echo no module called x >&2; exit 1", {"-n", "20"}));

  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_EQ(Starts(sandbox), 3U);
  EXPECT_THAT(sandbox.Hone({"describe", "limited"}).out, HasSubstr("no module called x"));
  const Outcome plain = sandbox.Hone({"resume", "limited", "-n", "5", "--max-failed", "5"});
  EXPECT_EQ(plain.exit_code, 3) << plain.err;
  EXPECT_EQ(Starts(sandbox), 5U);
}

TEST(CliFailures, OfSomePointsEndNothing) {
  const Sandbox sandbox;
  const std::string script = "[ $(wc -l <starts) -le 2 ] && exit 1; echo score=$0";

  const Outcome run = sandbox.Hone(RunWords(script, {"-n", "6"}));

  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(Starts(sandbox), 6U);
}

TEST(CliFailures, OfEveryTrialAreNoSuccess) {
  const Sandbox sandbox;

  const Outcome run = sandbox.Hone(RunWords("exit 0", {"-n", "4"}));

  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_EQ(Count(sandbox, "MetricsUnavailable"), "4\n");
}

TEST(CliFailures, ANumberThatIsNoneIsNoSuccessEither) {
  const Sandbox sandbox;

  const Outcome run = sandbox.Hone(RunWords("echo score=nan", {"-n", "4"}));

  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_EQ(Count(sandbox, "Succeeded"), "4\n");
}

TEST(CliResume, RunsFailedTrialsAgainWithTheirValues) {
  const Sandbox sandbox;
  const std::string script = "echo $0 >>values; [ -e mended ] || exit 1; echo score=$0";
  ASSERT_EQ(sandbox.Hone(RunWords(script, {"-n", "5"})).exit_code, 3);
  sandbox.Write("mended", "");

  const Outcome resumed = sandbox.Hone({"resume", "limited", "--retry-failed"});

  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(Count(sandbox, "Succeeded"), "5\n");
  EXPECT_EQ(Count(sandbox, "Failed"), "0\n");
  EXPECT_EQ(sandbox.Shell("head -3 values").out, sandbox.Shell("tail -n +4 values | head -3").out);
  const Outcome again = sandbox.Hone({"resume", "limited", "--retry-failed"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, HasSubstr("has ended already"));
}

TEST(CliResume, GivesAManifestMoreTrialsUnlessItSaysNever) {
  const Sandbox sandbox;
  for (const std::string policy : {"", "Never"}) {
    const std::string name = "limited" + std::string(policy.empty() ? "" : "-never");
    Words words = RunWords("echo score=$0", {"-n", "2", "--print-yaml"});
    words[6] = name;
    const std::string edit =
        policy.empty() ? "/resumePolicy/d" : "s/resumePolicy: .*/resumePolicy: Never/";
    sandbox.Write(name + ".yaml", sandbox.Hone(words).out);
    ASSERT_EQ(sandbox.Shell("sed -i '" + edit + "' " + name + ".yaml; hone run " + name + ".yaml")
                  .exit_code,
              0);
  }

  const Outcome more = sandbox.Hone({"resume", "limited", "-n", "4"});
  const Outcome never = sandbox.Hone({"resume", "limited-never", "-n", "4"});

  EXPECT_EQ(more.exit_code, 0) << more.err;
  EXPECT_THAT(more.out, HasSubstr("4 trials"));
  EXPECT_EQ(never.exit_code, 1);
  EXPECT_THAT(never.err, HasSubstr("resumePolicy"));
}

TEST(CliTime, EndsAnExperimentThatHasRunLongEnoughAndIsRaised) {
  const Sandbox sandbox;

  const Outcome run =
      sandbox.Hone(RunWords("[ -e go ] || sleep 1000; echo score=$0", {"--time", "1s"}));

  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_EQ(Count(sandbox, "Killed"), "1\n");
  EXPECT_THAT(sandbox.Shell("hone describe limited -o json").out,
              HasSubstr("ExperimentMaxDurationReached"));
  EXPECT_THAT(sandbox.Hone({"resume", "limited"}).err, HasSubstr("its time is used up"));
  sandbox.Write("go", "");
  const Outcome more = sandbox.Hone({"resume", "limited", "--time", "2h", "-n", "2"});
  EXPECT_EQ(more.exit_code, 0) << more.err;
  EXPECT_EQ(Starts(sandbox), 2U);
}

}  // namespace
}  // namespace hone
