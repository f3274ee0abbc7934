// Several commands on one store: the second joins the process that has it, whichever of them ends
// first, and however.
#include <algorithm>
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/program.h"

namespace hone {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using Words = std::vector<std::string>;

/// An experiment of four trials, two at a time, that run `script` with the parameter x as $0.
Words RunOf(const std::string& name, const std::string& script) {
  return {"run",
          "--maximize",
          "score",
          "-p",
          "x=int:1..100",
          "-n",
          "4",
          "-j",
          "2",
          "--name",
          name,
          "--",
          "/bin/sh",
          "-c",
          script,
          "{x}"};
}

/// A trial that says in the file `name` that it runs, and goes on until there is a file `name.go`.
std::string Until(const std::string& name) {
  return "cd $HOME; echo $$ >> " + name + "; while [ -e " + name + " ] && [ ! -e " + name +
         ".go ]; do sleep 0.02; done; echo score=$0";
}

class CliJoin : public ::testing::Test {
 protected:
  [[nodiscard]] Running Start(const std::string& name) {
    Running run = sandbox_.Start(RunOf(name, Until(name)));
    EXPECT_TRUE(Eventually([&] { return Lines(name) >= 2; })) << run.Err();
    return run;
  }
  [[nodiscard]] std::ptrdiff_t Lines(const std::string& file) const {
    const std::string text = sandbox_.Read(file);
    return std::count(text.begin(), text.end(), '\n');
  }
  void LetGo(const std::string& name) const { sandbox_.Write(name + ".go", ""); }
  /// How many of the processes that trials of `name` were still run.
  [[nodiscard]] std::string Alive(const std::string& name) const {
    return sandbox_
        .Shell("for pid in $(cat " + name + "); do kill -0 $pid; done 2>/dev/null; " +
               "ps -o pid= -p $(paste -sd, " + name + ") | wc -l")
        .out;
  }

  Sandbox sandbox_;
};

TEST_F(CliJoin, ShowsTheResultOfItsOwnExperiment) {
  Running first = Start("first");

  Running second = Start("second");
  EXPECT_THAT(second.Err(), HasSubstr("the store is in use by pid "));
  EXPECT_THAT(sandbox_.Hone({"get", "experiments"}).out, Not(HasSubstr("Interrupted")));
  LetGo("second");
  const Outcome joined = second.Wait();

  EXPECT_EQ(joined.exit_code, 0) << joined.err;
  EXPECT_THAT(joined.out, HasSubstr("Experiment second succeeded"));
  EXPECT_THAT(joined.err, AllOf(HasSubstr("second-4  Succeeded"), Not(HasSubstr("first-"))));
  LetGo("first");
  EXPECT_THAT(first.Wait().out, HasSubstr("Experiment first succeeded"));
}

TEST_F(CliJoin, RunsItsTrialsInItsOwnEnvironment) {
  Running first = Start("first");

  const Outcome second = sandbox_.Shell(
      "mkdir other; cd other; COLOUR=green hone run --maximize score -p x=int:1..9 -n 1 --name "
      "second -- /bin/sh -c 'echo $COLOUR; echo score=$0; pwd -P' {x}");

  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_THAT(sandbox_.Hone({"logs", "second-1"}).out, HasSubstr("green\n"));
  LetGo("first");
  EXPECT_EQ(first.Wait().exit_code, 0);
}

TEST_F(CliJoin, GoesOnWhenTheFirstHasEnded) {
  Running first = Start("first");
  Running second = Start("second");

  LetGo("first");
  ASSERT_TRUE(Eventually(
      [&] { return first.Err().find("finishing 2 running trials") != std::string::npos; }));
  LetGo("second");
  const Outcome ended = first.Wait();
  const Outcome joined = second.Wait();

  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("Experiment first succeeded"));
  EXPECT_EQ(joined.exit_code, 0) << joined.err;
  EXPECT_THAT(joined.out, HasSubstr("4 trials"));
  EXPECT_EQ(Lines("second"), 4) << "a trial was run twice, or not at all";
}

TEST_F(CliJoin, GoesOnWhenTheFirstIsKilled) {
  Running first = Start("first");
  Running second = Start("second");

  first.Signal(SIGKILL);
  EXPECT_EQ(first.Wait().exit_code, 128 + SIGKILL);
  ASSERT_TRUE(Eventually([&] { return Lines("second") == 4; })) << "its trials were not run again";
  LetGo("second");
  const Outcome joined = second.Wait();

  EXPECT_EQ(joined.exit_code, 0) << joined.err;
  EXPECT_THAT(joined.err, HasSubstr("ended "));
  EXPECT_THAT(joined.out, HasSubstr("4 trials"));
  EXPECT_THAT(sandbox_.Hone({"get", "experiments"}).out, HasSubstr("Interrupted"));
}

TEST_F(CliJoin, ThatIsKilledTakesItsTrialsWithIt) {
  Running first = Start("first");
  Running second = Start("second");

  second.Signal(SIGKILL);
  second.Wait();

  EXPECT_TRUE(Eventually([&] { return Alive("second") == "0\n"; }));
  EXPECT_EQ(Alive("first"), "2\n");
  LetGo("first");
  EXPECT_EQ(first.Wait().exit_code, 0);
  EXPECT_THAT(sandbox_.Hone({"get", "experiments"}).out, HasSubstr("Interrupted"));
}

TEST_F(CliJoin, IsStoppedByCtrlCAndResumed) {
  Running first = Start("first");
  Running second = Start("second");

  second.Signal(SIGINT);
  const Outcome stopped = second.Wait();

  EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("resume second"));
  EXPECT_EQ(Alive("first"), "2\n");
  LetGo("second");
  const Outcome resumed = sandbox_.Hone({"resume", "second"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.out, HasSubstr("4 trials"));
  LetGo("first");
  EXPECT_EQ(first.Wait().exit_code, 0);
}

TEST_F(CliJoin, IsRefusedWhereTheFirstCannotBeReached) {
  Running first = Start("first");
  ASSERT_EQ(sandbox_.Shell("rm .local/share/hone/hone.db.sock").exit_code, 0);

  const Outcome second = sandbox_.Hone(RunOf("second", "echo score=$0"));

  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.err,
              AllOf(HasSubstr("in use by pid"), HasSubstr("another store with --store")));
  LetGo("first");
  EXPECT_EQ(first.Wait().exit_code, 0);
}

}  // namespace
}  // namespace hone
