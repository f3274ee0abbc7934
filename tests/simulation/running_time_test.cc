// The running time of an experiment through the real controller, in virtual time.
#include <algorithm>

#include <gtest/gtest.h>

#include "controller/reconcile/controller.h"
#include "db/store/memory_store.h"
#include "suggestion/engine/in_process_suggester.h"
#include "tests/simulation/no_failures.h"
#include "tests/simulation/simulated_clock.h"
#include "tests/simulation/simulated_runner.h"
#include "tests/support/builders.h"

namespace hone::controller {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

/// An experiment that lasts a minute; its only slot has trials that hang.
class RunningTime : public ::testing::Test {
 protected:
  RunningTime() {
    EXPECT_TRUE(store_->CreateExperiment(experiment_).has_value());
    for (std::int32_t attempt = 1; attempt <= 3; ++attempt) {
      runner_.SetScript({experiment_.key, 1, attempt}, {.hangs = true});
    }
    Boot();
  }

  void Boot() {
    runner_.EndOrphans();
    suggester_ = suggestion::MakeInProcessSuggester(*store_);
    controller_ = Controller::Make(
        {*store_, runner_, *suggester_, clock_}, store_->AcquireEpoch().value(), clock_.Now());
    controller_->SetListener(&no_failures_);
    runner_.Connect(controller_.get(),
                    [this](const ExperimentKey& key) { controller_->Wake(key); });
    ASSERT_TRUE(controller_->Watch(experiment_.key).has_value());
  }
  void Die() {
    runner_.Disconnect();
    controller_.reset();
  }
  void Live(Duration duration) {
    const Time end = clock_.Now() + duration;
    while (clock_.Now() < end) {
      controller_->WakeForLog();
      const std::optional<Time> due = controller_->RunDue();
      const Time next = std::min(due.value_or(end), runner_.NextEvent().value_or(end));
      clock_.AdvanceTo(std::min(end, next));
      runner_.Progress();
    }
  }
  ExperimentStatus Stored() { return store_->GetExperiment(experiment_.key).value().status; }

  const Experiment experiment_ = AnExperiment().Parallel(1).MaxSeconds(60).Build();
  SimulatedClock clock_;
  std::unique_ptr<db::Store> store_ = db::MakeMemoryStore(clock_);
  SimulatedRunner runner_{clock_, 1, kAsScripted};
  std::unique_ptr<suggestion::Suggester> suggester_;
  NoFailures no_failures_;
  std::unique_ptr<Controller> controller_;
};

TEST_F(RunningTime, EndsTheExperimentWhenItIsUsedUp) {
  Live(seconds(59));
  EXPECT_FALSE(Stored().IsCompleted());

  Live(seconds(3));

  EXPECT_EQ(Stored().conditions.back().reason, "ExperimentMaxDurationReached");
  EXPECT_EQ(Stored().counts.killed, 1);
  EXPECT_EQ(runner_.Running(experiment_.key), 0U);
}

TEST_F(RunningTime, RestsWhileHoneIsDead) {
  Live(seconds(40));
  Die();
  clock_.AdvanceTo(clock_.Now() + hours(5));
  Boot();

  Live(seconds(15));
  EXPECT_FALSE(Stored().IsCompleted());
  EXPECT_GE(Stored().running_time, seconds(40));
  EXPECT_LE(Stored().running_time, seconds(56));
  Live(seconds(20));

  EXPECT_EQ(Stored().conditions.back().reason, "ExperimentMaxDurationReached");
  EXPECT_LE(runner_.BusyTime(experiment_.key), seconds(75));
}

TEST_F(RunningTime, RestsWhileTheExperimentIsSuspended) {
  Live(seconds(40));
  Experiment stopped = store_->GetExperiment(experiment_.key).value();
  stopped.spec.suspend = true;
  ASSERT_TRUE(store_->UpdateSpec(stopped).has_value());
  Live(hours(1));
  Experiment resumed = store_->GetExperiment(experiment_.key).value();
  resumed.spec.suspend = false;
  ASSERT_TRUE(store_->UpdateSpec(resumed).has_value());

  Live(seconds(15));
  EXPECT_FALSE(Stored().IsCompleted());
  Live(seconds(10));

  EXPECT_EQ(Stored().conditions.back().reason, "ExperimentMaxDurationReached");
}

}  // namespace
}  // namespace hone::controller
