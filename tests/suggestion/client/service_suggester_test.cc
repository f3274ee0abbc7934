#include "suggestion/client/service_suggester.h"

#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/rpc/listener.h"
#include "suggestion/engine/in_process_suggester.h"
#include "tests/suggestion/experiments.h"

namespace hone::suggestion {
namespace {

/// A service that accepts connections and never replies, so that calls wait for it.
class Silent {
 public:
  [[nodiscard]] AlgorithmServices Services(Duration deadline = std::chrono::seconds(60)) const {
    return {{.name = "mine", .address = listener_->address().ToString(), .deadline = deadline}};
  }

 private:
  /// The kernel accepts connections for the listener; no server reads from them.
  std::unique_ptr<rpc::Listener> listener_ = rpc::Listener::Open({.host = "127.0.0.1"}).value();
};

Experiment Mine() {
  Experiment experiment = AnExperiment({Continuous()});
  experiment.spec.algorithm = AlgorithmSpec{"mine", {}};
  return experiment;
}

TEST(ServiceSuggester, EndsWithACallUnderWay) {
  const Silent silent;
  Laboratory laboratory(Mine());
  std::atomic<int> wakes = 0;
  for (int i = 0; i < 200; ++i) {
    const auto suggester = MakeServiceSuggester(laboratory.store(),
                                                silent.Services(),
                                                MakeInProcessSuggester(laboratory.store()),
                                                [&](const ExperimentKey&) { ++wakes; });

    const auto batch = suggester->Suggest(laboratory.experiment(), 1, 1);

    ASSERT_TRUE(batch.has_value()) << batch.error().message;
    ASSERT_TRUE(batch->is_pending);
  }
  EXPECT_EQ(wakes, 0);
}

TEST(ServiceSuggester, AsksAnewWhenTheExperimentHasChangedDuringACall) {
  const Silent silent;
  Laboratory laboratory(Mine());
  const auto suggester = MakeServiceSuggester(laboratory.store(),
                                              silent.Services(),
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
  const Silent silent;
  Laboratory laboratory(Mine());
  std::atomic<int> wakes = 0;
  const auto suggester = MakeServiceSuggester(laboratory.store(),
                                              silent.Services(std::chrono::milliseconds(1)),
                                              MakeInProcessSuggester(laboratory.store()),
                                              [&](const ExperimentKey&) {
                                                ++wakes;
                                                wakes.notify_all();
                                              });
  ASSERT_TRUE(suggester->Suggest(laboratory.experiment(), 1, 1).value().is_pending);
  wakes.wait(0);

  EXPECT_TRUE(suggester->Suggest(laboratory.experiment(), 1, 1).value().is_pending);
}

TEST(ServiceSuggester, SaysAtOnceThatTheServiceIsUnreachable) {
  Laboratory laboratory(Mine());
  std::atomic<int> wakes = 0;
  std::vector<std::string> warnings;
  const auto suggester = MakeServiceSuggester(
      laboratory.store(),
      {{.name = "mine", .address = "127.0.0.1:1"}},
      MakeInProcessSuggester(laboratory.store()),
      [&](const ExperimentKey&) {
        ++wakes;
        wakes.notify_all();
      },
      [&](const std::string& message) { warnings.push_back(message); });
  ASSERT_TRUE(suggester->Suggest(laboratory.experiment(), 1, 1).value().is_pending);
  wakes.wait(0);

  ASSERT_TRUE(suggester->Suggest(laboratory.experiment(), 1, 1).value().is_pending);

  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings.front(),
              ::testing::HasSubstr("cannot connect to 127.0.0.1:1 (Connection refused)"));
}

}  // namespace
}  // namespace hone::suggestion
