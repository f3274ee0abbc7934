// Processes that a killed hone leaves behind, as seen by the next one on the same store.
#include <csignal>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "controller/local/file_descriptor.h"
#include "controller/local/leftovers.h"
#include "controller/local/processes.h"
#include "controller/local/store_lock.h"
#include "tests/controller/local/local_world.h"

namespace hone::controller {
namespace {

using std::chrono::milliseconds;

/// Runs `body` in a forked process, which afterwards waits to be killed.
pid_t Fork(const std::function<void()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    body();
    while (true) {
      ::pause();
    }
  }
  return pid;
}

void KillAndReap(pid_t pid) {
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

bool Await(const std::function<bool()>& is_reached) {
  const SystemClock clock;
  const Duration deadline = clock.Elapsed() + LocalWorld::kPatience;
  while (!is_reached() && clock.Elapsed() < deadline) {
    ::usleep(5000);
  }
  return is_reached();
}

/// A hone that runs one trial of `script` under `store_id`.
pid_t ForkHone(const std::string& store_id,
               const std::filesystem::path& folder,
               const std::string& script) {
  return Fork([&] {
    const SystemClock clock;
    RecordingSink sink;
    const auto loop = std::move(*EventLoop::Make());
    ProcessRunnerOptions options;
    options.store_id = store_id;
    options.trials_root = folder / "trials";
    options.working_directory = folder;
    const auto runner = std::move(*ProcessRunner::Make(options, *loop, clock));
    runner->Connect(
        sink, [](const ExperimentKey&) {}, [](const std::string&) {});
    const Status status = runner->Ensure(LocalWorld::Shell(script));
    WriteText(folder / "ensured", status.has_value() ? "yes" : status.error().message);
    ::pause();
  });
}

TEST(Orphans, OfAKilledHoneAreEndedWhateverBecameOfTheirParents) {
  LocalWorld world;
  const auto ready = world.folder() / "ready";
  const pid_t hone =
      ForkHone(world.store_id(),
               world.folder(),
               "trap '' TERM; (setsid sh -c 'trap \"\" TERM; touch " + ready.string() +
                   "; while :; do sleep 0.1; done' &); while :; do sleep 0.1; done");
  ASSERT_TRUE(Await([&] { return std::filesystem::exists(ready); }));
  KillAndReap(hone);

  const auto ended = world.runner().EndOrphans(milliseconds(50));

  EXPECT_GE(ended.value(), 2U);
  EXPECT_EQ(world.runner().EndOrphans(milliseconds(0)).value(), 0U);
}

/// Waits until the process that wrote its number into `file` has no marker in its environment.
bool AwaitBareProcess(const std::filesystem::path& file) {
  return Await([&] {
    std::string pid = ReadText(file);
    pid.erase(std::min(pid.size(), pid.find('\n')));
    return !pid.empty() && MarkerOf(std::stoi(pid)).empty();
  });
}

TEST(Orphans, ThatClearedTheirEnvironmentAreEnded) {
  LocalWorld world;
  const auto pid = world.folder() / "pid";
  const pid_t hone = ForkHone(
      world.store_id(), world.folder(), "echo $$ >" + pid.string() + "; exec env -i sleep 1000");
  ASSERT_TRUE(AwaitBareProcess(pid));
  KillAndReap(hone);

  EXPECT_EQ(world.runner().EndOrphans(milliseconds(0)).value(), 1U);

  EXPECT_EQ(::kill(std::stoi(ReadText(pid)), 0), -1);
}

TEST(Orphans, ThatClearedTheirEnvironmentAndLeftTheirGroupAreEnded) {
  LocalWorld world;
  const auto pid = world.folder() / "pid";
  const pid_t hone = ForkHone(
      world.store_id(),
      world.folder(),
      "(setsid env -i sh -c 'echo $$ >" + pid.string() + "; exec sleep 1000' &) ; sleep 1000");
  ASSERT_TRUE(AwaitBareProcess(pid));
  KillAndReap(hone);

  EXPECT_GE(world.runner().EndOrphans(milliseconds(0)).value(), 2U);

  EXPECT_EQ(::kill(std::stoi(ReadText(pid)), 0), -1);
}

TEST(Orphans, ThatHopFromProcessToProcessAreEnded) {
  LocalWorld world;
  const auto hop = world.folder() / "hop.sh";
  const auto hops = world.folder() / "hops";
  WriteText(
      hop,
      "echo $$ >>" + hops.string() + ";sleep 0.05\nsetsid env -i /bin/sh " + hop.string() + " &\n");
  const pid_t hone =
      ForkHone(world.store_id(), world.folder(), "sh " + hop.string() + "; sleep 1000");
  ASSERT_TRUE(Await([&] { return std::filesystem::exists(hops); }));
  KillAndReap(hone);

  ASSERT_TRUE(world.runner().EndOrphans(milliseconds(0)).has_value());

  EXPECT_EQ(world.runner().EndOrphans(milliseconds(0)).value(), 0U);
}

TEST(Orphans, OfWhichOnlyAnOpenFileTellsAreNotIgnored) {
  LocalWorld world;
  const pid_t hone = ForkHone(world.store_id(), world.folder(), "exec sleep 1000");
  ASSERT_TRUE(Await([&] { return ReadText(world.folder() / "ensured") == "yes"; }));
  const auto marks = world.folder() / "trials" / ".running" / world.store_id();
  const auto mark = std::filesystem::directory_iterator(marks)->path();
  // The holder stands for a process whose /proc entry is not readable: EndOrphans does not end this
  // process.
  FileDescriptor holder(::open(mark.c_str(), O_WRONLY | O_CLOEXEC));
  KillAndReap(hone);

  const auto refused = world.runner().EndOrphans(milliseconds(0));
  holder.Close();
  const auto ended = world.runner().EndOrphans(milliseconds(0));

  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("exp-1"));
  EXPECT_THAT(refused.error().message, testing::HasSubstr(mark.string()));
  EXPECT_TRUE(ended.has_value());
  EXPECT_TRUE(std::filesystem::is_empty(marks));
}

TEST(Orphans, OfATrialThatEndedLeaveNoMark) {
  LocalWorld world;

  world.RunToEnd(LocalWorld::Shell("exit 0"));

  EXPECT_TRUE(std::filesystem::is_empty(world.folder() / "trials" / ".running" / world.store_id()));
}

TEST(Orphans, OfAnotherStoreAreLeftAlone) {
  LocalWorld world;
  const pid_t hone = ForkHone(world.store_id() + "-other", world.folder(), "exec sleep 1000");
  ASSERT_TRUE(Await([&] { return ReadText(world.folder() / "ensured") == "yes"; }));
  KillAndReap(hone);

  const auto ended = world.runner().EndOrphans(milliseconds(0));

  EXPECT_EQ(ended.value(), 0U);
  EXPECT_EQ(EndLeftovers({world.store_id() + "-other/", {}}, milliseconds(0)).value(), 1U);
}

TEST(Orphans, MayEndPolitely) {
  LocalWorld world;
  const auto ready = world.folder() / "ready";
  const auto polite = world.folder() / "polite";
  const pid_t hone =
      ForkHone(world.store_id(),
               world.folder(),
               // No process reads the pipe of a killed hone: if the shell wrote a message about its
               // ended child, SIGPIPE would kill it.
               "exec >/dev/null 2>&1; trap 'touch " + polite.string() + "; exit 0' TERM; touch " +
                   ready.string() + "; while :; do sleep 0.05; done");
  ASSERT_TRUE(Await([&] { return std::filesystem::exists(ready); }));
  KillAndReap(hone);

  EXPECT_GE(world.runner().EndOrphans(std::chrono::minutes(1)).value(), 1U);

  EXPECT_TRUE(std::filesystem::exists(polite));
}

TEST(StoreLock, NamesItsHolderWhenItIsRefused) {
  const TemporaryFolder folder;
  const auto store = folder.path() / "hone.db";
  const LockHolder self{4711, "box", "hone run x.yaml", Time(std::chrono::seconds(1'000'000'000))};
  const auto lock = StoreLock::Acquire(store, self);
  ASSERT_TRUE(lock.has_value()) << lock.error().message;

  const auto second = StoreLock::Acquire(store, self);

  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(second.error().message,
              testing::HasSubstr("pid 4711 (hone run x.yaml) on box since 2001-09-09T01:46:40Z"));
}

TEST(StoreLock, NamesItsHolderWithoutTakingIt) {
  const TemporaryFolder folder;
  const auto store = folder.path() / "hone.db";
  EXPECT_FALSE(StoreLock::Holder(store).has_value());

  auto lock = StoreLock::Acquire(store, {12, "box", "hone resume\nexp", Time{}});
  const auto holder = StoreLock::Holder(store);
  lock->reset();

  ASSERT_TRUE(holder.has_value());
  EXPECT_EQ(holder->pid, 12);
  EXPECT_EQ(holder->host, "box");
  EXPECT_EQ(holder->command, "hone resume exp");
  EXPECT_FALSE(StoreLock::Holder(store).has_value());
  EXPECT_TRUE(StoreLock::Acquire(store, {}).has_value());
}

TEST(StoreLock, OfAnotherProcessIsFreedWhenThatIsKilled) {
  const TemporaryFolder folder;
  const auto store = folder.path() / "hone.db";
  const pid_t other = Fork([&] {
    static auto lock = StoreLock::Acquire(store, {::getpid(), "box", "hone run", Time{}});
  });
  ASSERT_TRUE(Await([&] {
    const auto holder = StoreLock::Holder(store);
    return holder && holder->pid == other;
  }));
  EXPECT_FALSE(StoreLock::Acquire(store, {}).has_value());

  KillAndReap(other);

  EXPECT_TRUE(StoreLock::Acquire(store, {}).has_value());
}

TEST(StoreLock, IsTheSameForALinkToTheStore) {
  const TemporaryFolder folder;
  WriteText(folder / "hone.db", "");
  std::filesystem::create_symlink(folder / "hone.db", folder / "link.db");

  const auto lock = StoreLock::Acquire(folder / "hone.db", {});

  EXPECT_FALSE(StoreLock::Acquire(folder / "link.db", {}).has_value());
}

TEST(StoreLock, OfAStoreThatCannotBeReachedSaysWhy) {
  const auto lock = StoreLock::Acquire("/no/such/folder/hone.db", {});

  ASSERT_FALSE(lock.has_value());
  EXPECT_THAT(lock.error().message, testing::HasSubstr("/no/such/folder/hone.db.lock"));
}

}  // namespace
}  // namespace hone::controller
