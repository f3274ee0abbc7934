#include "suggestion/engine/search_arena.h"

#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace hone::suggestion {
namespace {

TEST(SearchArena, DropsAtItsEndWhatHasNotBegun) {
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
  std::vector<int> counts(kThreads, 0);
  std::latch done(kThreads * kTasks);
  Mutex mutex;
  SearchArena arena(2);
  std::vector<std::thread> givers;
  for (int i = 0; i < kThreads; ++i) {
    givers.emplace_back([&, i] {
      for (int task = 0; task < kTasks; ++task) {
        arena.Run([&, i] {
          {
            const MutexLock lock(mutex);
            ++counts[static_cast<std::size_t>(i)];
          }
          done.count_down();
        });
      }
    });
  }
  for (std::thread& giver : givers) {
    giver.join();
  }
  done.wait();

  EXPECT_EQ(counts, std::vector<int>(kThreads, kTasks));
}

}  // namespace
}  // namespace hone::suggestion
