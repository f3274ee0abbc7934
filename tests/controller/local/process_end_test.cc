// How trials start and end: commands that cannot start, signals, stops, and remaining processes.
#include <csignal>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "controller/local/processes.h"
#include "tests/controller/local/local_world.h"

namespace hone::controller {
namespace {

using Phase = WorkloadState::Phase;
using std::chrono::milliseconds;
using testing::HasSubstr;

/// True once no process with this id runs; the process need not be a child of this one.
bool IsGone(const std::string& pid) {
  const std::string status = ReadText("/proc/" + pid + "/status");
  return status.empty() || status.find("State:\tZ") != std::string::npos;
}

std::string PidIn(const std::filesystem::path& file) {
  std::string text = ReadText(file);
  text.erase(text.find_last_not_of('\n') + 1);
  return text;
}

TEST(ProcessStart, ACommandThatDoesNotExistCanNeverStart) {
  LocalWorld world;

  const Status status = world.runner().Ensure(LocalWorld::Command({"no-such-command-here"}));

  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Code::kNotFound);
  EXPECT_THAT(status.error().message, HasSubstr("starting trial exp-1"));
  EXPECT_THAT(status.error().message, HasSubstr("\"no-such-command-here\" is not in PATH"));
  EXPECT_EQ(world.runner().Observe(LocalWorld::Id()).phase, Phase::kAbsent);
}

TEST(ProcessStart, APathThatDoesNotExistCanNeverStart) {
  LocalWorld world;

  const Status status = world.runner().Ensure(LocalWorld::Command({"/opt/no/such/program"}));

  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Code::kNotFound);
  EXPECT_THAT(status.error().message, HasSubstr("installed here"));
}

TEST(ProcessStart, AFileThatIsNotExecutableSaysHowToMakeItSo) {
  LocalWorld world;
  WriteText(world.folder() / "train.sh", "#!/bin/sh\n");

  const Status status = world.runner().Ensure(LocalWorld::Command({"./train.sh"}));

  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Code::kPermissionDenied);
  EXPECT_FALSE(status.error().IsRetryable());
  EXPECT_THAT(status.error().message, HasSubstr("chmod +x ./train.sh"));
}

TEST(ProcessStart, AScriptWhoseInterpreterIsMissingSaysSo) {
  LocalWorld world;
  WriteText(world.folder() / "train.py", "#!/no/such/python\n");
  std::filesystem::permissions(world.folder() / "train.py", std::filesystem::perms::owner_all);

  const Status status = world.runner().Ensure(LocalWorld::Command({"./train.py"}));

  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Code::kNotFound);
  EXPECT_THAT(status.error().message, HasSubstr("interpreter"));
}

TEST(ProcessStart, AFolderOrAnEmptyCommandIsNoProgram) {
  LocalWorld world;

  const Status folder = world.runner().Ensure(LocalWorld::Command({"/tmp"}));
  const Status nothing = world.runner().Ensure(LocalWorld::Command({}));

  ASSERT_FALSE(folder.has_value());
  EXPECT_THAT(folder.error().message, HasSubstr("is a folder"));
  ASSERT_FALSE(nothing.has_value());
  EXPECT_EQ(nothing.error().code, Code::kInvalidArgument);
}

TEST(ProcessStart, AMissingWorkingDirectoryIsNamed) {
  LocalWorld world;
  Workload workload = LocalWorld::Shell("exit 0");
  workload.working_directory = "/opt/mnist-not-here";

  const Status status = world.runner().Ensure(workload);

  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(status.error().message, HasSubstr("\"/opt/mnist-not-here\" does not exist"));
}

TEST(ProcessStart, AProgramThatGoesAwayBetweenTrialsIsNamed) {
  LocalWorld world;
  const auto program = world.folder() / "train.sh";
  WriteText(program, "#!/bin/sh\nexit 0\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  ASSERT_EQ(world.RunToEnd(LocalWorld::Command({"./train.sh"})).phase, Phase::kSucceeded);
  std::filesystem::remove(program);
  Workload next = LocalWorld::Command({"./train.sh"});
  next.id.ordinal = 2;

  const Status status = world.runner().Ensure(next);

  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Code::kNotFound);
  EXPECT_THAT(status.error().message, HasSubstr("train.sh\" does not exist"));
}

TEST(ProcessStart, TheCommandIsLookedUpInTheTrialsOwnPath) {
  LocalWorld world;
  std::filesystem::create_directory(world.folder() / "bin");
  WriteText(world.folder() / "bin" / "my-trainer", "#!/bin/sh\necho loss=7\n");
  std::filesystem::permissions(world.folder() / "bin" / "my-trainer",
                               std::filesystem::perms::owner_all);
  Workload workload = LocalWorld::Command({"my-trainer"});
  workload.environment = {{"PATH", (world.folder() / "bin").string() + ":/usr/bin:/bin"}};

  EXPECT_EQ(world.RunToEnd(workload).phase, Phase::kSucceeded);

  EXPECT_THAT(world.ValuesOf(), testing::ElementsAre("7"));
}

TEST(ProcessStart, TellsTheTrialItsNameAndAttempt) {
  LocalWorld world;
  Workload workload =
      LocalWorld::Shell("echo $HONE_ATTEMPT $HONE_TRIAL_NAME $KATIB_TRIAL_NAME $LAYERS");
  workload.environment = {{"LAYERS", "3"}};

  EXPECT_EQ(world.RunToEnd(workload).phase, Phase::kSucceeded);

  EXPECT_EQ(world.LogOf(), world.store_id() + "/default/exp/1/1 exp-1 exp-1 3\n");
}

TEST(ProcessStart, IgnoredAndBlockedSignalsAreNotInherited) {
  LocalWorld world;
  const auto former = ::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked;
  sigset_t former_mask;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &former_mask);

  world.RunToEnd(LocalWorld::Shell("grep -E '^SigBlk|^SigIgn' /proc/self/status"));

  ::pthread_sigmask(SIG_SETMASK, &former_mask, nullptr);
  ::signal(SIGPIPE, former);
  unsigned long long blocked_bits = 1;
  unsigned long long ignored_bits = 1;
  ASSERT_EQ(
      ::sscanf(world.LogOf().c_str(), "SigBlk: %llx SigIgn: %llx", &blocked_bits, &ignored_bits),
      2);
  EXPECT_EQ(blocked_bits, 0U);
  // Signals 32 and 33 are reserved by glibc.
  EXPECT_EQ(ignored_bits & ~(3ULL << 31U), 0U);
}

TEST(ProcessStart, HasNothingToReadAndNoDescriptorsOfOurs) {
  LocalWorld world;
  const int leaky = ::open("/dev/null", O_RDONLY | O_CLOEXEC);

  world.RunToEnd(LocalWorld::Command({"/bin/sh", "-c", "read line || echo end; ls /proc/$$/fd"}));

  ::close(leaky);
  EXPECT_EQ(world.LogOf(), "end\n0\n1\n2\n");
}

TEST(ProcessEnd, AnExitCodeIsAnErrorWithTheLastLine) {
  LocalWorld world;

  const WorkloadState state =
      world.RunToEnd(LocalWorld::Shell("echo starting; echo out of memory >&2; exit 3"));

  EXPECT_EQ(state.phase, Phase::kFailed);
  EXPECT_EQ(state.reason, "Error");
  EXPECT_EQ(state.message, "exited with code 3: out of memory");
  EXPECT_THAT(world.woken(), testing::ElementsAre(ExperimentKey{"default", "exp"}));
}

TEST(ProcessEnd, AShellsWayOfNotFindingACommandIsExplained) {
  LocalWorld world;

  const WorkloadState state = world.RunToEnd(LocalWorld::Shell("exit 127"));

  EXPECT_THAT(state.message, HasSubstr("exited with code 127 (a shell says so of a command that"));
}

TEST(ProcessEnd, DyingBySignalNamesTheSignal) {
  LocalWorld world;

  const WorkloadState state = world.RunToEnd(LocalWorld::Shell("kill -SEGV $$"));

  EXPECT_EQ(state.phase, Phase::kFailed);
  EXPECT_EQ(state.reason, "Signalled");
  EXPECT_EQ(state.message, "was killed by signal 11 (SIGSEGV)");
}

TEST(ProcessEnd, DyingBySignalQuotesTheLastLine) {
  LocalWorld world;

  const WorkloadState state = world.RunToEnd(LocalWorld::Shell("echo bad_alloc; kill -ABRT $$"));

  EXPECT_EQ(state.message, "was killed by signal 6 (SIGABRT); its last line: bad_alloc");
}

TEST(ProcessEnd, PrintingNothingIsNoFailure) {
  LocalWorld world;

  EXPECT_EQ(world.RunToEnd(LocalWorld::Command({"true"})).phase, Phase::kSucceeded);

  EXPECT_FALSE(std::filesystem::exists(world.PathsOf().log));
  EXPECT_TRUE(world.warnings().empty());
}

TEST(ProcessEnd, ClosingTheOutputEarlyIsNotTheEnd) {
  LocalWorld world;

  const WorkloadState state =
      world.RunToEnd(LocalWorld::Shell("echo loss=1; exec >/dev/null 2>&1; sleep 0.2; exit 4"));

  EXPECT_THAT(state.message, HasSubstr("exited with code 4"));
  EXPECT_THAT(world.ValuesOf(), testing::ElementsAre("1"));
}

TEST(ProcessEnd, AChildInTheGroupDoesNotOutliveTheTrial) {
  LocalWorld world;
  const auto file = world.folder() / "pid";

  const WorkloadState state =
      world.RunToEnd(LocalWorld::Shell("sleep 1000 & echo $! >" + file.string()));

  EXPECT_EQ(state.phase, Phase::kSucceeded);
  EXPECT_TRUE(IsGone(PidIn(file)));
  EXPECT_TRUE(ChildrenOfThisProcess().empty());
}

TEST(ProcessEnd, AChildThatLeftTheGroupDoesNotOutliveTheTrial) {
  LocalWorld world;
  const auto file = world.folder() / "pid";

  const WorkloadState state =
      world.RunToEnd(LocalWorld::Shell("setsid sh -c 'echo $$ >" + file.string() +
                                       "; trap \"\" TERM HUP; sleep 1000' & while ! test -s " +
                                       file.string() + "; do sleep 0.01; done; echo loss=2"));

  EXPECT_EQ(state.phase, Phase::kSucceeded);
  EXPECT_TRUE(IsGone(PidIn(file)));
  EXPECT_TRUE(ChildrenOfThisProcess().empty());
  EXPECT_THAT(world.ValuesOf(), testing::ElementsAre("2"));
}

TEST(ProcessEnd, ADaemonOfADaemonDoesNotOutliveTheTrial) {
  LocalWorld world;
  const auto file = world.folder() / "pid";

  const WorkloadState state = world.RunToEnd(
      LocalWorld::Shell("(setsid sh -c '(setsid sh -c \"echo \\$\\$ >" + file.string() +
                        "; sleep 1000\" &) ; sleep 1000' &) ; while ! test -s " + file.string() +
                        "; do sleep 0.01; done"));

  EXPECT_EQ(state.phase, Phase::kSucceeded);
  EXPECT_TRUE(IsGone(PidIn(file)));
  EXPECT_TRUE(ChildrenOfThisProcess().empty());
}

TEST(ProcessEnd, ADaemonThatHidesItsEnvironmentGoesWithTheLastTrial) {
  LocalWorld world;
  const auto file = world.folder() / "pid";

  world.RunToEnd(LocalWorld::Shell("(setsid env -i sh -c 'echo $$ >" + file.string() +
                                   "; sleep 1000' &) ; while ! test -s " + file.string() +
                                   "; do sleep 0.01; done"));

  EXPECT_TRUE(IsGone(PidIn(file)));
  EXPECT_TRUE(ChildrenOfThisProcess().empty());
}

TEST(ProcessEnd, DescendantsOfOtherTrialsAreLeftAlone) {
  LocalWorld world;
  const auto file = world.folder() / "pid";
  ASSERT_TRUE(world.runner()
                  .Ensure(LocalWorld::Shell(
                      "(setsid sleep 1000 & echo $! >" + file.string() + "); sleep 1000",
                      LocalWorld::Id(1)))
                  .has_value());
  ASSERT_TRUE(world.PumpUntil([&] { return !PidIn(file).empty(); }));

  world.RunToEnd(LocalWorld::Shell("true", LocalWorld::Id(2)));

  EXPECT_FALSE(IsGone(PidIn(file)));
  EXPECT_EQ(world.runner().running(), 1U);
  world.runner().Stop(LocalWorld::Id(1), milliseconds(0));
  EXPECT_EQ(world.AwaitFinished(LocalWorld::Id(1)).reason, kStopped);
  EXPECT_TRUE(IsGone(PidIn(file)));
}

TEST(ProcessEnd, AdoptedProcessesThatEndAreReapedWhileTheTrialGoesOn) {
  LocalWorld world;
  const auto file = world.folder() / "pid";
  ASSERT_TRUE(
      world.runner()
          .Ensure(LocalWorld::Shell("(setsid true & echo $! >" + file.string() + "); sleep 1000"))
          .has_value());
  ASSERT_TRUE(world.PumpUntil([&] { return !PidIn(file).empty(); }));

  EXPECT_TRUE(world.PumpUntil([&] { return ChildrenOfThisProcess().size() == 1; }));
}

TEST(ProcessStop, IgnoringSigtermEndsBySigkillAfterTheGrace) {
  LocalWorld world;
  const auto ready = world.folder() / "ready";
  ASSERT_TRUE(world.runner()
                  .Ensure(LocalWorld::Shell("trap '' TERM; touch " + ready.string() +
                                            "; while :; do sleep 0.05; done"))
                  .has_value());
  ASSERT_TRUE(world.AwaitFile(ready));

  world.runner().Stop(LocalWorld::Id(), milliseconds(100));

  EXPECT_EQ(world.runner().Observe(LocalWorld::Id()).phase, Phase::kRunning);
  EXPECT_EQ(world.AwaitFinished().reason, kStopped);
}

TEST(ProcessStop, WhatIsPrintedAfterSigtermCounts) {
  LocalWorld world;
  const auto ready = world.folder() / "ready";
  ASSERT_TRUE(world.runner()
                  .Ensure(LocalWorld::Shell("trap 'echo loss=0.1; exit 0' TERM; touch " +
                                            ready.string() + "; while :; do sleep 0.05; done"))
                  .has_value());
  ASSERT_TRUE(world.AwaitFile(ready));

  world.runner().Stop(LocalWorld::Id(), std::chrono::minutes(10));
  ASSERT_EQ(world.AwaitFinished().reason, kStopped);

  EXPECT_THAT(world.ValuesOf(), testing::ElementsAre("0.1"));
}

TEST(ProcessStop, ASecondStopShortensTheGraceAndNeverLengthensIt) {
  LocalWorld world;
  const auto ready = world.folder() / "ready";
  ASSERT_TRUE(world.runner()
                  .Ensure(LocalWorld::Shell("trap '' TERM; touch " + ready.string() +
                                            "; while :; do sleep 0.05; done"))
                  .has_value());
  ASSERT_TRUE(world.AwaitFile(ready));

  world.runner().Stop(LocalWorld::Id(), std::chrono::minutes(10));
  world.runner().Stop(LocalWorld::Id(), milliseconds(50));
  world.runner().Stop(LocalWorld::Id(), std::chrono::minutes(10));

  EXPECT_EQ(world.AwaitFinished().reason, kStopped);
}

TEST(ProcessStop, DestroyingTheRunnerLeavesNoProcess) {
  LocalWorld world;
  const auto file = world.folder() / "pid";
  ASSERT_TRUE(world.runner()
                  .Ensure(LocalWorld::Shell("trap '' TERM; (setsid sleep 1000 & echo $! >" +
                                            file.string() + "); sleep 1000"))
                  .has_value());
  ASSERT_TRUE(world.PumpUntil([&] { return !PidIn(file).empty(); }));

  world.DestroyRunner();

  EXPECT_TRUE(IsGone(PidIn(file)));
  EXPECT_TRUE(ChildrenOfThisProcess().empty());
}

}  // namespace
}  // namespace hone::controller
