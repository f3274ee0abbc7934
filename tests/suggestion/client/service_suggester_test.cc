#include "suggestion/client/service_suggester.h"

#include <atomic>

#include <gtest/gtest.h>

#include "suggestion/engine/in_process_suggester.h"
#include "tests/suggestion/experiments.h"

namespace hone::suggestion {
namespace {

/// A service that nobody has started: calls wait for it.
AlgorithmServices Absent(Duration deadline = std::chrono::seconds(60)) {
  return {{.name = "mine", .address = "unix:/nowhere/at/all", .deadline = deadline}};
}

Experiment Mine() {
  Experiment experiment = AnExperiment({Continuous()});
  experiment.spec.algorithm = AlgorithmSpec{"mine", {}};
  return experiment;
}

TEST(ServiceSuggester, EndsWithACallUnderWay) {
  Laboratory laboratory(Mine());
  std::atomic<int> wakes = 0;
  for (int i = 0; i < 200; ++i) {
    const auto suggester = MakeServiceSuggester(laboratory.store(),
                                                Absent(),
                                                MakeInProcessSuggester(laboratory.store()),
                                                [&](const ExperimentKey&) { ++wakes; });

    const auto batch = suggester->Suggest(laboratory.experiment(), 1, 1);

    ASSERT_TRUE(batch.has_value()) << batch.error().message;
    ASSERT_TRUE(batch->is_pending);
  }
  EXPECT_EQ(wakes, 0);
}

TEST(ServiceSuggester, AsksAnewWhenTheExperimentHasChangedDuringACall) {
  Laboratory laboratory(Mine());
  const auto suggester = MakeServiceSuggester(laboratory.store(),
                                              Absent(),
                                              MakeInProcessSuggester(laboratory.store()),
                                              [](const ExperimentKey&) {});
  Experiment experiment = laboratory.experiment();
  for (int i = 0; i < 200; ++i) {
    ++experiment.generation;

    const auto batch = suggester->Suggest(experiment, 1, 1);

    ASSERT_TRUE(batch.has_value()) << batch.error().message;
    ASSERT_TRUE(batch->is_pending);
  }
}

TEST(ServiceSuggester, RestsWhenACallHasRunOutOfTime) {
  Laboratory laboratory(Mine());
  std::atomic<int> wakes = 0;
  const auto suggester = MakeServiceSuggester(laboratory.store(),
                                              Absent(std::chrono::milliseconds(1)),
                                              MakeInProcessSuggester(laboratory.store()),
                                              [&](const ExperimentKey&) {
                                                ++wakes;
                                                wakes.notify_all();
                                              });
  ASSERT_TRUE(suggester->Suggest(laboratory.experiment(), 1, 1).value().is_pending);
  wakes.wait(0);

  EXPECT_TRUE(suggester->Suggest(laboratory.experiment(), 1, 1).value().is_pending);
}

}  // namespace
}  // namespace hone::suggestion
