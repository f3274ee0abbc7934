// Early stopping through the real controller and engine, on a store in memory: each test chooses
// what trials report and how they end.
#include <algorithm>
#include <map>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/reconcile/controller.h"
#include "db/store/memory_store.h"
#include "suggestion/engine/in_process_suggester.h"
#include "tests/simulation/no_failures.h"
#include "tests/simulation/simulated_clock.h"
#include "tests/support/builders.h"
#include "tests/support/faulty_store.h"

namespace hone::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Phase = WorkloadState::Phase;

/// A world in which attempts run until the test ends them.
class PatientRunner final : public Runner {
 public:
  explicit PatientRunner(const Clock& clock) : clock_(clock) {}

  Status Ensure(const Workload& workload) override {
    attempts_.try_emplace(workload.id,
                          WorkloadState{.phase = Phase::kRunning, .started = clock_.Now()});
    return {};
  }
  WorkloadState Observe(const AttemptId& id) override {
    const auto found = attempts_.find(id);
    return found == attempts_.end() ? WorkloadState{} : found->second;
  }
  void Stop(const AttemptId& id, std::chrono::milliseconds /*grace*/) override {
    if (Observe(id).IsFinished()) {
      attempts_.erase(id);
    } else {
      asked_to_end.push_back(id.ordinal);
    }
  }
  void End(const AttemptId& id, Phase phase) {
    WorkloadState& state = attempts_.at(id);
    state.phase = phase;
    state.finished = clock_.Now();
    state.reason = phase == Phase::kFailed ? "Signalled" : "";
  }
  void LoseAll() { attempts_.clear(); }

  std::vector<std::uint64_t> asked_to_end;

 private:
  const Clock& clock_;
  std::map<AttemptId, WorkloadState> attempts_;
};

/// Two trials at a time; from step 2 on one succeeded trial is enough to judge the others.
class EarlyStoppingTest : public ::testing::Test {
 protected:
  EarlyStoppingTest() {
    const Experiment experiment =
        AnExperiment()
            .Max(6)
            .EarlyStopping({"medianstop", {{"min_trials_required", "1"}, {"start_step", "2"}}})
            .Build();
    key_ = experiment.key;
    EXPECT_TRUE(store_->CreateExperiment(experiment).has_value());
    Boot();
  }

  void Boot() {
    suggester_ = suggestion::MakeInProcessSuggester(faulty_);
    controller_ = Controller::Make(
        {faulty_, runner_, *suggester_, clock_}, store_->AcquireEpoch().value(), clock_.Now());
    controller_->SetListener(&no_failures_);
    ASSERT_TRUE(controller_->Watch(key_).has_value());
    Pass();
  }
  /// Runs everything that is due now and in the next seconds.
  void Pass() {
    for (int i = 0; i < 20; ++i) {
      controller_->RunDue();
      clock_.AdvanceTo(clock_.Now() + std::chrono::milliseconds(200));
    }
  }
  static AttemptId Id(std::uint64_t ordinal, std::int32_t attempt = 1) {
    return {{"default", "tune"}, ordinal, attempt};
  }
  /// Reports one value per step.
  void Report(const AttemptId& id, const std::vector<std::string>& values) {
    std::uint64_t& said = said_[id];
    for (const std::string& value : values) {
      ++said;
      controller_->Append(id,
                          {{.sequence = said,
                            .metric = "accuracy",
                            .step = static_cast<std::int64_t>(said),
                            .value = value,
                            .time = clock_.Now()}});
    }
    Pass();
  }
  void End(const AttemptId& id, Phase phase) {
    runner_.End(id, phase);
    controller_->Wake(key_);
    Pass();
  }
  Trial Stored(std::uint64_t ordinal) {
    return store_->ListTrials({.experiment = key_, .after_ordinal = ordinal - 1, .limit = 1})
        .value()
        .front();
  }
  TrialCounts Counts() { return store_->GetExperiment(key_).value().status.counts; }

  SimulatedClock clock_;
  std::unique_ptr<db::Store> store_ = db::MakeMemoryStore(clock_);
  FaultyStore faulty_{*store_, 1, {0, 0, 0, 0}};
  PatientRunner runner_{clock_};
  std::unique_ptr<suggestion::Suggester> suggester_;
  NoFailures no_failures_;
  std::unique_ptr<Controller> controller_;
  ExperimentKey key_;
  std::map<AttemptId, std::uint64_t> said_;
};

TEST_F(EarlyStoppingTest, EndsAHopelessTrialAndKeepsItsReports) {
  Report(Id(1), {"0.8", "0.9"});
  End(Id(1), Phase::kSucceeded);

  Report(Id(2), {"0.1"});
  EXPECT_THAT(runner_.asked_to_end, IsEmpty());
  Report(Id(2), {"0.2"});
  EXPECT_THAT(runner_.asked_to_end, ::testing::Contains(2U));
  EXPECT_EQ(Stored(2).state, TrialState::kRunning);
  Report(Id(2), {"0.3"});
  End(Id(2), Phase::kFailed);

  const Trial trial = Stored(2);
  EXPECT_EQ(trial.state, TrialState::kEarlyStopped);
  EXPECT_EQ(trial.reason, "TrialEarlyStopped");
  EXPECT_EQ(trial.message,
            "medianstop stopped it at step 2: its best value is worse than the median of the "
            "running means of the trials that have succeeded (0.2, needed 0.85)");
  EXPECT_THAT(trial.metrics, ElementsAre(MetricSummary{"accuracy", "0.1", "0.3", "0.3"}));
  EXPECT_THAT(store_->ListObservations({.attempt = Id(2)}).value(), SizeIs(3));
  EXPECT_EQ(Counts().early_stopped, 1);
  EXPECT_EQ(Counts().running, 2);
  EXPECT_EQ(store_->GetExperiment(key_).value().status.optimal->ordinal, 1U);
}

TEST_F(EarlyStoppingTest, HasOneEndForATrialThatSucceedsAtTheSameTime) {
  Report(Id(1), {"0.8", "0.9"});
  End(Id(1), Phase::kSucceeded);

  runner_.End(Id(2), Phase::kSucceeded);
  Report(Id(2), {"0.1", "0.2"});
  Report(Id(3), {"0.1", "0.2"});
  End(Id(3), Phase::kSucceeded);

  EXPECT_EQ(Stored(2).state, TrialState::kSucceeded);
  EXPECT_EQ(Stored(3).state, TrialState::kEarlyStopped);
}

TEST_F(EarlyStoppingTest, JudgesAnAttemptByItsOwnReports) {
  Report(Id(1), {"0.8", "0.9"});
  End(Id(1), Phase::kSucceeded);
  Report(Id(2), {"0.95"});
  runner_.LoseAll();
  controller_->Wake(key_);
  Pass();
  ASSERT_EQ(Stored(2).attempt, 2);

  Report(Id(2), {"0.95"});  // a report of an attempt that has ended
  Report(Id(2, 2), {"0.1"});
  EXPECT_THAT(runner_.asked_to_end, IsEmpty());
  Report(Id(2, 2), {"0.1"});

  EXPECT_THAT(runner_.asked_to_end, ::testing::Contains(2U));
}

TEST_F(EarlyStoppingTest, KnowsAfterARestartWhatTheStoreKnows) {
  Report(Id(1), {"0.8", "0.9"});
  End(Id(1), Phase::kSucceeded);
  Report(Id(2), {"0.1"});
  controller_.reset();
  runner_.LoseAll();
  Boot();
  ASSERT_EQ(Stored(2).attempt, 2);

  Report(Id(2, 2), {"0.1"});
  EXPECT_THAT(runner_.asked_to_end, IsEmpty());
  Report(Id(2, 2), {"0.1"});

  EXPECT_THAT(runner_.asked_to_end, ::testing::Contains(2U));
}

TEST_F(EarlyStoppingTest, RunsATrialAgainIfHoneDiesBeforeItIsStopped) {
  Report(Id(1), {"0.8", "0.9"});
  End(Id(1), Phase::kSucceeded);
  Report(Id(2), {"0.1", "0.1"});
  ASSERT_THAT(runner_.asked_to_end, ::testing::Contains(2U));
  controller_.reset();
  runner_.LoseAll();
  runner_.asked_to_end.clear();
  Boot();

  EXPECT_EQ(Stored(2).state, TrialState::kRunning);
  Report(Id(2, 2), {"0.1", "0.1"});
  End(Id(2, 2), Phase::kFailed);

  EXPECT_EQ(Stored(2).state, TrialState::kEarlyStopped);
  EXPECT_EQ(Counts().early_stopped, 1);
}

TEST_F(EarlyStoppingTest, LearnsTheEffectOfACommitWhoseReplyWasLost) {
  Report(Id(1), {"0.8", "0.9"});
  faulty_.SetFaults(
      {.unavailable = 0, .done_but_unavailable = 1000, .crash_before = 0, .crash_after = 0});
  runner_.End(Id(1), Phase::kSucceeded);
  controller_->Wake(key_);
  controller_->RunDue();
  ASSERT_EQ(Stored(1).state, TrialState::kSucceeded);
  faulty_.StopFaults();
  Pass();

  Report(Id(2), {"0.1", "0.1"});

  EXPECT_THAT(runner_.asked_to_end, ::testing::Contains(2U));
}

TEST_F(EarlyStoppingTest, ComparesNothingWithTrialsThatHaveFailed) {
  Report(Id(1), {"0.8", "0.9"});
  End(Id(1), Phase::kFailed);

  Report(Id(2), {"0.1", "0.1", "nan", "words"});

  EXPECT_THAT(runner_.asked_to_end, IsEmpty());
}

}  // namespace
}  // namespace hone::controller
