// Suggestions that take time, through the real controller, in virtual time: how long a free slot
// waits, and what a search learns from.
#include <algorithm>

#include <gtest/gtest.h>

#include "controller/reconcile/controller.h"
#include "db/store/memory_store.h"
#include "suggestion/engine/background_suggester.h"
#include "suggestion/engine/in_process_suggester.h"
#include "tests/simulation/no_failures.h"
#include "tests/simulation/simulated_clock.h"
#include "tests/simulation/simulated_runner.h"
#include "tests/simulation/simulated_tasks.h"
#include "tests/support/builders.h"

namespace hone::controller {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kTrials = 60;

/// The result of an experiment.
struct Life {
  std::vector<Assignments> assignments;
  SlotTimes times;
};

Experiment Learning(std::int32_t slots) {
  Experiment experiment =
      AnExperiment().Parallel(slots).Max(static_cast<std::int32_t>(kTrials)).Build();
  experiment.spec.algorithm = AlgorithmSpec{"tpe", {}};
  return experiment;
}

/// A suggester that answers at once, or one whose answers take `takes`.
class Lived {
 public:
  explicit Lived(const Experiment& experiment, std::optional<Duration> takes)
      : key_(experiment.key) {
    EXPECT_TRUE(store_->CreateExperiment(experiment).has_value());
    for (std::uint64_t ordinal = 1; ordinal <= kTrials; ++ordinal) {
      runner_.SetScript({key_, ordinal, 1}, {.values = {FormatNumber(0.01 * double(ordinal % 7))}});
    }
    if (takes) {
      suggester_ = suggestion::MakeBackgroundSuggester(
          *store_,
          clock_,
          [this, takes](auto task) { tasks_.Add(*takes, std::move(task)); },
          [this](const ExperimentKey& key) { controller_->Wake(key); });
    } else {
      suggester_ = suggestion::MakeInProcessSuggester(*store_);
    }
    controller_ = Controller::Make(
        {*store_, runner_, *suggester_, clock_}, store_->AcquireEpoch().value(), clock_.Now());
    controller_->SetListener(&no_failures_);
    runner_.Connect(controller_.get(),
                    [this](const ExperimentKey& key) { controller_->Wake(key); });
  }

  Life Run() {
    EXPECT_TRUE(controller_->Watch(key_).has_value());
    while (!controller_->Current(key_).status.IsCompleted()) {
      Time next = controller_->RunDue().value_or(Time::max());
      next = std::min(next, runner_.NextEvent().value_or(Time::max()));
      next = std::min(next, tasks_.NextEnd().value_or(Time::max()));
      clock_.AdvanceTo(next);
      runner_.Progress();
      tasks_.Progress();
    }
    Life life{.assignments = {}, .times = controller_->slot_times(key_)};
    const std::vector<Trial> trials = store_->ListTrials({.experiment = key_}).value();
    for (const Trial& trial : trials) {
      life.assignments.push_back(trial.assignments);
    }
    return life;
  }

 private:
  const ExperimentKey key_;
  SimulatedClock clock_;
  std::unique_ptr<db::Store> store_ = db::MakeMemoryStore(clock_);
  SimulatedRunner runner_{clock_, 1, kAsScripted};
  SimulatedTasks tasks_{clock_};
  std::unique_ptr<suggestion::Suggester> suggester_;
  NoFailures no_failures_;
  std::unique_ptr<Controller> controller_;
};

TEST(LateSuggestions, AreThoseOfASuggesterThatAnswersAtOnceWhereOneTrialRunsAtATime) {
  const Life at_once = Lived(Learning(1), std::nullopt).Run();

  const Life late = Lived(Learning(1), milliseconds(100)).Run();

  ASSERT_EQ(late.assignments.size(), kTrials);
  EXPECT_EQ(late.assignments, at_once.assignments);
  EXPECT_EQ(late.times.GapQuantile(0), milliseconds(100)) << "each waits for the result before it";
}

TEST(LateSuggestions, LetNoFreeSlotWaitWhereSeveralRun) {
  const Life late = Lived(Learning(2), milliseconds(100)).Run();

  ASSERT_EQ(late.assignments.size(), kTrials);
  EXPECT_EQ(late.times.GapQuantile(0.8), Duration(0));
}

TEST(LateSuggestions, LearnFromEveryResultWhereTheyTakeNoTimeToSpeakOf) {
  const Life at_once = Lived(Learning(3), std::nullopt).Run();

  const Life late = Lived(Learning(3), milliseconds(1)).Run();

  EXPECT_EQ(late.assignments, at_once.assignments);
}

TEST(LateSuggestions, AreAtHandWhereTheyDependOnNoResult) {
  const Experiment random = AnExperiment().Parallel(1).Max(kTrials).Build();

  const Life late = Lived(random, milliseconds(100)).Run();

  ASSERT_EQ(late.assignments.size(), kTrials);
  EXPECT_EQ(late.times.GapQuantile(1), Duration(0));
}

}  // namespace
}  // namespace hone::controller
