// The engine as a whole: a real store, real processes, and callers on several threads.
#include "controller/engine/engine.h"

#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/engine/control_socket.h"
#include "db/sqlite/sqlite_store.h"
#include "proto/core/mutex.h"
#include "proto/model/experiment.h"
#include "tests/support/builders.h"
#include "tests/temporary_folder.h"

namespace hone::controller {
namespace {

using ::testing::HasSubstr;

constexpr std::chrono::seconds kPatience{60};

class EngineTest : public ::testing::Test {
 protected:
  [[nodiscard]] EngineOptions Options(bool controls_all = false) {
    return {.paths = {.database = folder_.path() / "hone.db", .trials = folder_.path() / "trials"},
            .command = "test",
            .services = {},
            .controls_all = controls_all,
            .warn = [this](const std::string& text) {
              const MutexLock lock(mutex_);
              warnings_.push_back(text);
            }};
  }
  /// Two trials of `command`, one at a time.
  static Experiment Shell(const std::string& name, const std::string& command) {
    Experiment experiment = AnExperiment().Parallel(1).Max(2).Build();
    experiment.key.name = name;
    experiment.uid = "uid-" + name;
    experiment.spec.trial_template->trial_spec =
        R"({"apiVersion":"batch/v1","kind":"Job","spec":{"template":{"spec":{"containers":[)"
        R"({"name":"main","command":["/bin/sh","-c",")" +
        command + R"(","${trialParameters.x}"]}]}}}})";
    return experiment;
  }
  /// The end of an experiment that is stored and controlled now.
  std::future<ControlEnd> Run(Engine& engine, const Experiment& experiment) {
    EXPECT_TRUE(engine.store().CreateExperiment(experiment));
    return Control(engine, experiment.key);
  }
  static std::future<ControlEnd> Control(Engine& engine, const ExperimentKey& key) {
    auto end = std::make_shared<std::promise<ControlEnd>>();
    std::future<ControlEnd> future = end->get_future();
    const auto follower = engine.Control(
        {.key = key}, std::nullopt, [end](const ControlEnd& told) { end->set_value(told); });
    EXPECT_TRUE(follower) << follower.error().message;
    return future;
  }
  static ControlEnd Await(std::future<ControlEnd> end) {
    EXPECT_EQ(end.wait_for(kPatience), std::future_status::ready);
    return end.get();
  }
  TrialCounts CountsOf(Engine& engine, const std::string& name) {
    return engine.store().GetExperiment({"default", name}).value().status.counts;
  }

  const TemporaryFolder folder_;
  Mutex mutex_;
  std::vector<std::string> warnings_ HONE_GUARDED_BY(mutex_);
};

TEST_F(EngineTest, RunsExperimentsOfSeveralThreadsAtOnce) {
  const auto engine = Engine::Start(Options()).value();

  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      const std::string name = "exp-" + std::to_string(i);
      const ControlEnd end = Await(Run(*engine, Shell(name, "echo accuracy=$0")));
      EXPECT_FALSE(end.error);
      EXPECT_EQ(CountsOf(*engine, name).succeeded, 2);
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST_F(EngineTest, IsTheOnlyOneOfItsStore) {
  const auto engine = Engine::Start(Options()).value();

  const auto second = Engine::Start(Options());

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kFailedPrecondition);
}

TEST_F(EngineTest, FindsWhatAnotherProcessStores) {
  const auto engine = Engine::Start(Options(true)).value();
  const auto other =
      db::OpenSqliteStore(folder_.path() / "hone.db", db::SqliteAccess::kReadWrite).value();

  ASSERT_TRUE(other->CreateExperiment(Shell("found", "echo accuracy=$0")));
  const auto ended = [&] {
    return engine->store().GetExperiment({"default", "found"}).value().status.IsCompleted();
  };
  std::uint64_t cursor = 0;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!ended() && std::chrono::steady_clock::now() < deadline) {
    cursor = engine->store().NewestChange().value();
    if (!ended()) {
      ASSERT_TRUE(other->WaitForChange(cursor, deadline));
    }
  }

  EXPECT_EQ(CountsOf(*engine, "found").succeeded, 2);
}

TEST_F(EngineTest, FinishesRunningTrialsAndStartsNoMore) {
  const auto engine = Engine::Start(Options()).value();
  const auto end = Run(*engine, Shell("long", "echo accuracy=$0; sleep 0.2"));

  std::promise<void> finished;
  EXPECT_LE(engine->FinishAll(RunMode::kDrain, [&] { finished.set_value(); }), 1U);
  ASSERT_EQ(finished.get_future().wait_for(kPatience), std::future_status::ready);

  EXPECT_EQ(CountsOf(*engine, "long").running, 0);
  EXPECT_LE(CountsOf(*engine, "long").created, 1);
  const auto late = engine->Control({.key = {"default", "long"}}, std::nullopt, [](const auto&) {});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::kUnavailable);
}

TEST_F(EngineTest, TellsAnErrorOfAnExperimentThatCannotBeRun) {
  const auto engine = Engine::Start(Options()).value();
  Experiment broken = Shell("broken", "true");
  broken.spec.trial_template->primary_container_name = "other";
  ASSERT_TRUE(engine->store().CreateExperiment(broken));

  const auto refused = engine->Control({.key = broken.key}, std::nullopt, [](const auto&) {});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("primaryContainerName"));
}

/// A command of the same user, over the socket.
class ControlSocketTest : public EngineTest {
 protected:
  [[nodiscard]] FileDescriptor Connect() {
    auto socket = ConnectToController(folder_.path() / "hone.db");
    EXPECT_TRUE(socket) << socket.error().message;
    return *std::move(socket);
  }
};

TEST_F(ControlSocketTest, ControlsAnExperimentInTheEnvironmentOfTheOtherSide) {
  const auto engine = Engine::Start(Options()).value();
  const Experiment experiment = Shell("joined", "echo accuracy=$LEVEL");
  ASSERT_TRUE(engine->store().CreateExperiment(experiment));
  const FileDescriptor socket = Connect();

  const auto answer = AskController(
      socket.get(), ToPacket({.key = experiment.key}, std::vector<std::string>{"LEVEL=0.75"}));
  ASSERT_TRUE(answer) << answer.error().message;
  const auto packet = ReceivePacket(socket.get(), true);
  ASSERT_TRUE(packet) << packet.error().message;
  const auto end = EndOfPacket(**packet);

  ASSERT_TRUE(end);
  EXPECT_FALSE(end->error);
  EXPECT_GT(end->slots.busy.count(), 0);
  EXPECT_EQ(engine->store().GetExperiment(experiment.key)->status.optimal->value, 0.75);
}

TEST_F(ControlSocketTest, AnswersWhatIsWrong) {
  const auto engine = Engine::Start(Options()).value();
  const FileDescriptor socket = Connect();

  const auto missing = AskController(socket.get(), ToPacket({.key = {"default", "none"}}, {}));
  const auto unknown = AskController(socket.get(), {{"ask", "sing"}});
  const auto empty = AskController(socket.get(), proto::Json::object());

  ASSERT_FALSE(missing || unknown || empty);
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  EXPECT_EQ(unknown.error().code, Code::kUnimplemented);
  EXPECT_EQ(empty.error().code, Code::kInvalidArgument);
}

TEST_F(ControlSocketTest, StopsWhatIsNoLongerFollowed) {
  const auto engine = Engine::Start(Options()).value();
  const Experiment experiment = Shell("left", "sleep 1000");
  ASSERT_TRUE(engine->store().CreateExperiment(experiment));
  FileDescriptor socket = Connect();
  ASSERT_TRUE(AskController(socket.get(), ToPacket({.key = experiment.key}, {})));
  EXPECT_TRUE(AskWhatIsControlled(folder_.path() / "hone.db").keys.contains(experiment.key));

  socket.Close();
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (AskWhatIsControlled(folder_.path() / "hone.db").keys.contains(experiment.key) &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }

  EXPECT_FALSE(AskWhatIsControlled(folder_.path() / "hone.db").keys.contains(experiment.key));
  EXPECT_EQ(CountsOf(*engine, "left").running, 0);
}

TEST_F(ControlSocketTest, IsClosedAfterTheLockIsFree) {
  auto engine = Engine::Start(Options()).value();
  const FileDescriptor socket = Connect();

  engine.reset();

  EXPECT_FALSE(ReceivePacket(socket.get(), true));
  EXPECT_TRUE(Engine::Start(Options())) << "the lock was still taken";
}

TEST_F(ControlSocketTest, BoundsAPacketAndTheNumberOfConnections) {
  const auto engine = Engine::Start(Options()).value();
  const FileDescriptor socket = Connect();

  EXPECT_FALSE(SendPacket(socket.get(), {{"ask", std::string(kPacketBytesMax, 'x')}}));
  std::vector<FileDescriptor> others;
  for (std::size_t i = 0; i + 1 < kConnectionsMax; ++i) {
    others.push_back(Connect());
    ASSERT_TRUE(AskController(others.back().get(), {{"ask", "controlled"}}));
  }
  const FileDescriptor extra = Connect();

  EXPECT_FALSE(AskController(extra.get(), {{"ask", "controlled"}}));
  EXPECT_TRUE(AskController(socket.get(), {{"ask", "controlled"}}));
}

}  // namespace
}  // namespace hone::controller
