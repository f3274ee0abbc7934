#include "tests/simulation/simulation.h"

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

namespace hone::controller {
namespace {

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// HONE_SEED=17 HONE_SEEDS=1 repeats one life.
void Add(const Simulation::Tally& life, Simulation::Tally& all) {
  all.crashes += life.crashes;
  all.suspensions += life.suspensions;
  all.trials += life.trials;
  all.early_stopped += life.early_stopped;
  all.retried += life.retried;
  all.late_answers += life.late_answers;
  for (const auto& [reason, times] : life.failures) {
    all.failures[reason] += times;
  }
  for (const auto& [reason, times] : life.endings) {
    all.endings[reason] += times;
  }
}

TEST(Simulation, KeepsEveryInvariantInEveryLife) {
  const std::uint64_t first = FromEnvironment("HONE_SEED", 1);
  const std::uint64_t count = FromEnvironment("HONE_SEEDS", 10'000);
  Simulation::Tally all;

  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    Simulation life(seed);
    const std::vector<std::string> faults = life.Run();
    ASSERT_TRUE(faults.empty()) << "seed " << seed << ": " << testing::PrintToString(faults)
                                << "\nrepeat it: HONE_SEED=" << seed << " HONE_SEEDS=1";
    Add(life.tally(), all);
  }

  for (const auto& [reason, times] : all.endings) {
    std::cout << reason << ": " << times << "\n";
  }
  std::cout << count << " lives, " << all.trials << " trials, " << all.early_stopped
            << " of them stopped early, " << all.crashes << " crashes, " << all.suspensions
            << " suspensions, " << all.retried << " retries on request, " << all.late_answers
            << " late answers\n";
  if (count >= 1000) {
    EXPECT_GT(all.crashes, count / 2);
    EXPECT_GT(all.suspensions, count / 10);
    EXPECT_GT(all.early_stopped, count / 2);
    for (const char* const reason : {"ExperimentGoalReached",
                                     "ExperimentMaxTrialsReached",
                                     "ExperimentMaxDurationReached",
                                     "ExperimentSuggestionEndReached",
                                     "ExperimentFailed"}) {
      EXPECT_GT(all.endings[reason], 0U) << reason;
    }
    for (const char* const reason : {"Error", "DeadlineExceeded", "StartFailed"}) {
      EXPECT_GT(all.failures[reason], 0U) << reason;
    }
    EXPECT_GT(all.retried, count / 20);
    EXPECT_GT(all.late_answers, count);
  }
}

TEST(Simulation, LivesTheSameLifeForTheSameSeed) {
  Simulation once(42);
  Simulation again(42);

  EXPECT_TRUE(once.Run().empty());
  EXPECT_TRUE(again.Run().empty());

  EXPECT_EQ(once.tally().trials, again.tally().trials);
  EXPECT_EQ(once.tally().crashes, again.tally().crashes);
  EXPECT_EQ(once.tally().endings, again.tally().endings);
}

}  // namespace
}  // namespace hone::controller
