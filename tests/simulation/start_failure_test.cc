// Trials that cannot be started, through the real controller, in virtual time.
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

/// An experiment of one slot in a world with the given habits.
class World {
 public:
  explicit World(TrialHabits habits) : runner_(clock_, 1, habits) {
    EXPECT_TRUE(store_->CreateExperiment(experiment_).has_value());
    controller_->SetListener(&no_failures_);
    runner_.Connect(controller_.get(),
                    [this](const ExperimentKey& key) { controller_->Wake(key); });
    EXPECT_TRUE(controller_->Watch(experiment_.key).has_value());
  }

  /// One pass, then advances time to the next event.
  void Step() {
    const std::optional<Time> due = controller_->RunDue();
    clock_.AdvanceTo(
        std::min(due.value_or(Time::max()), runner_.NextEvent().value_or(Time::max())));
    runner_.Progress();
  }
  void RunToEnd() {
    for (int step = 0; step < 10'000 && !Stored().status.IsCompleted(); ++step) {
      Step();
    }
  }
  /// Changes the spec as another process would.
  void ChangeSpec() {
    Experiment changed = Stored();
    changed.spec.max_trial_count = 20;
    ASSERT_TRUE(store_->UpdateSpec(changed).has_value());
  }
  Experiment Stored() { return store_->GetExperiment(experiment_.key).value(); }
  std::vector<Trial> Trials() {
    return store_->ListTrials({.experiment = experiment_.key}).value();
  }
  [[nodiscard]] SlotTimes Times() const { return controller_->slot_times(experiment_.key); }

 private:
  const Experiment experiment_ = AnExperiment().Parallel(1).Build();
  SimulatedClock clock_;
  std::unique_ptr<db::Store> store_ = db::MakeMemoryStore(clock_);
  SimulatedRunner runner_;
  std::unique_ptr<suggestion::Suggester> suggester_ = suggestion::MakeInProcessSuggester(*store_);
  NoFailures no_failures_;
  std::unique_ptr<Controller> controller_ =
      Controller::Make({*store_, runner_, *suggester_, clock_},
                       store_->AcquireEpoch().value(),
                       clock_.Now());
};

TEST(StartFailure, IsCountedAsOneAlsoIfTheNextCommitMeetsAConflict) {
  TrialHabits never = kAsScripted;
  never.never_available = 100;
  World world(never);
  world.Step();

  world.ChangeSpec();
  world.Step();
  world.Step();

  const Trial trial = world.Trials().at(0);
  EXPECT_EQ(trial.start_failures, 1);
  EXPECT_EQ(trial.interruptions, 0);
  EXPECT_EQ(trial.reason, "StartFailed");
  EXPECT_EQ(trial.message, "no process could be made");
}

TEST(StartFailure, AfterAWaitIsNamedAsOneAtOnceAndTakesNoTime) {
  TrialHabits late = kAsScripted;
  late.start_fails_late = 100;
  TrialHabits at_once = kAsScripted;
  at_once.start_impossible = 100;

  for (const TrialHabits& habits : {late, at_once}) {
    World world(habits);
    world.RunToEnd();

    EXPECT_EQ(world.Trials().at(0).reason, "StartFailed");
    EXPECT_EQ(world.Trials().at(0).message, "no such command");
    EXPECT_EQ(world.Trials().at(0).run_time, Duration(0));
    EXPECT_EQ(world.Times().busy, Duration(0));
  }
}

}  // namespace
}  // namespace hone::controller
