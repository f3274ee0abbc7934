#include "suggestion/engine/search_arena.h"

#include <atomic>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace hone::suggestion {
namespace {

TEST(SearchArena, DropsTasksThatHaveNotBegunAtItsEnd) {
  std::latch dropped(1);
  bool has_run = false;
  {
    SearchArena arena(1);
    arena.Run([&] { dropped.wait(); });

    const std::shared_ptr<std::latch> waits(&dropped,
                                            [](std::latch* latch) { latch->count_down(); });
    arena.Run([&has_run, waits] { has_run = true; });
  }

  EXPECT_FALSE(has_run);
}

TEST(SearchArena, RunsEveryTaskThatManyThreadsGiveIt) {
  constexpr int kThreads = 4;
  constexpr int kTasks = 200;
  std::atomic<int> count = 0;
  std::latch done(kThreads * kTasks);
  SearchArena arena(2);
  const auto give = [&] {
    for (int task = 0; task < kTasks; ++task) {
      arena.Run([&] {
        ++count;
        done.count_down();
      });
    }
  };

  std::vector<std::thread> givers;
  for (int i = 0; i < kThreads; ++i) {
    givers.emplace_back(give);
  }
  for (std::thread& giver : givers) {
    giver.join();
  }
  done.wait();

  EXPECT_EQ(count, kThreads * kTasks);
}

}  // namespace
}  // namespace hone::suggestion
