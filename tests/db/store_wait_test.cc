// Waiting for a change. Deadlines are so far in the future that a wait that is not woken ends with
// ctest's timeout.
#include <future>
#include <thread>

#include "tests/db/store_contract.h"

namespace hone::db {
namespace {

using Deadline = std::chrono::steady_clock::time_point;

Deadline Never() {
  return std::chrono::steady_clock::now() + std::chrono::hours(1);
}

Deadline Past() {
  return std::chrono::steady_clock::now() - std::chrono::seconds(1);
}

/// A thread that waits for a change.
std::future<Result<bool>> WaitBeside(Store& store, std::uint64_t cursor) {
  return std::async(std::launch::async,
                    [&store, cursor] { return store.WaitForChange(cursor, Never()); });
}

TEST_P(StoreContract, WaitsForNothingThatIsThereAlready) {
  ASSERT_TRUE(store().CreateExperiment(AnExperiment()));

  EXPECT_TRUE(store().WaitForChange(0, Past()).value());
  EXPECT_TRUE(OpenedElsewhere().WaitForChange(0, Past()).value());
}

TEST_P(StoreContract, WaitsUntilTheDeadlineIfNothingChanges) {
  ASSERT_TRUE(store().CreateExperiment(AnExperiment()));
  const Deadline soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);

  EXPECT_FALSE(store().WaitForChange(1, Past()).value());
  EXPECT_FALSE(store().WaitForChange(1, soon).value());

  EXPECT_GE(std::chrono::steady_clock::now(), soon);
}

TEST_P(StoreContract, WaitsForNoCursorOfAnotherStore) {
  ASSERT_TRUE(store().CreateExperiment(AnExperiment()));

  EXPECT_EQ(CodeOf(store().WaitForChange(2, Never())), Code::kOutOfRange);
}

TEST_P(StoreContract, IsWokenByEveryKindOfWrite) {
  Story story(store());
  const std::vector<std::function<void()>> writes = {
      [&] { story.Create(); },
      [&] {
        story.Observe({story.key(), 1, 1}, {AnObservation(1)});
      },
      [&] { EXPECT_TRUE(store().UpdateSpec(story.experiment())); },
      [&] { EXPECT_TRUE(store().DeleteExperiment(story.key())); },
      [&] {
        EXPECT_TRUE(store().CreateExperiment(AnExperiment()));
      }};

  for (const std::function<void()>& write : writes) {
    auto woken = WaitBeside(store(), Newest());
    write();
    EXPECT_TRUE(woken.get().value());
  }
}

TEST_P(StoreContract, WakesEveryThreadThatWaits) {
  Story story(store());
  const std::uint64_t newest = Newest();
  std::vector<std::future<Result<bool>>> woken;
  for (int i = 0; i < 8; ++i) {
    woken.push_back(WaitBeside(store(), newest));
  }

  story.Create();

  for (std::future<Result<bool>>& one : woken) {
    EXPECT_TRUE(one.get().value());
  }
  EXPECT_FALSE(store().WaitForChange(Newest(), Past()).value());
}

TEST_P(StoreContract, EndsAllWaitsForGood) {
  auto waiting = WaitBeside(store(), 0);
  auto another = WaitBeside(store(), 0);

  store().EndWaits();

  EXPECT_EQ(CodeOf(waiting.get()), Code::kCancelled);
  EXPECT_EQ(CodeOf(another.get()), Code::kCancelled);
  ASSERT_TRUE(store().CreateExperiment(AnExperiment()));
  EXPECT_EQ(CodeOf(store().WaitForChange(0, Never())), Code::kCancelled);
}

/// Writes once after each write of the other thread.
void Answer(Store& store, const ExperimentKey& other, const ExperimentKey& own, int rounds) {
  std::uint64_t cursor = 0;
  for (int answered = 0; answered < rounds;) {
    ASSERT_TRUE(store.WaitForChange(cursor, Never()).value());
    const std::vector<Change> changes = store.ChangesSince(cursor, SIZE_MAX).value();
    ASSERT_FALSE(changes.empty());
    for (const Change& change : changes) {
      cursor = change.sequence;
      if (change.experiment == other) {
        ASSERT_TRUE(store.UpdateSpec(store.GetExperiment(own).value()));
        ++answered;
      }
    }
  }
}

TEST_P(StoreContract, LosesNoWakeBetweenTwoThatAnswerEachOther) {
  constexpr int kRounds = 200;
  Store& elsewhere = OpenedElsewhere();
  const ExperimentKey ping = AnExperiment("ping").key;
  const ExperimentKey pong = AnExperiment("pong").key;
  ASSERT_TRUE(store().CreateExperiment(AnExperiment("pong")));

  std::thread other([&] { Answer(elsewhere, ping, pong, kRounds); });
  ASSERT_TRUE(store().CreateExperiment(AnExperiment("ping")));
  Answer(store(), pong, ping, kRounds - 1);
  other.join();

  EXPECT_GE(store().GetExperiment(pong).value().version, kRounds);
}

}  // namespace
}  // namespace hone::db
