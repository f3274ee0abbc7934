// RunnerContract: the contract of every Runner. Instantiate it with a World, a default
// constructible class that creates a runner and workloads for it:
//
//   Runner& runner();
//   Workload Succeeding(const AttemptId&);   ends well by itself
//   Workload Failing(const AttemptId&);      ends badly by itself
//   Workload Hanging(const AttemptId&);      runs until it is stopped
//   Workload Reporting(const AttemptId&, const std::vector<std::string>& values, bool hangs);
//                                            reports values of metric "loss", then ends well, or
//                                            runs until it is stopped
//   int StartsOf(const AttemptId&);          how often a workload of this id really began
//   std::vector<Observation> ObservationsOf(const AttemptId&);   the observations that the sink got
//   bool PumpUntil(const std::function<bool()>& is_reached);
//       advances the world step by step until `is_reached`; false if that never happens
//
//   INSTANTIATE_TYPED_TEST_SUITE_P(Process, RunnerContract, ProcessWorld);
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/workload/runner.h"

namespace hone::controller {

template <typename World>
class RunnerContract : public testing::Test {
 protected:
  using Phase = WorkloadState::Phase;

  static AttemptId Id(std::uint64_t ordinal, std::int32_t attempt = 1) {
    return {{"default", "contract"}, ordinal, attempt};
  }
  Phase PhaseOf(const AttemptId& id) { return world_.runner().Observe(id).phase; }
  bool AwaitFinished(const AttemptId& id) {
    return world_.PumpUntil([&] { return world_.runner().Observe(id).IsFinished(); });
  }
  bool AwaitPhase(const AttemptId& id, Phase phase) {
    return world_.PumpUntil([&] { return PhaseOf(id) == phase; });
  }

  World world_;
};

TYPED_TEST_SUITE_P(RunnerContract);

TYPED_TEST_P(RunnerContract, AnUnknownWorkloadIsAbsent) {
  EXPECT_EQ(this->PhaseOf(this->Id(1)), WorkloadState::Phase::kAbsent);
}

TYPED_TEST_P(RunnerContract, StoppingAnUnknownWorkloadIsFine) {
  this->world_.runner().Stop(this->Id(1), std::chrono::milliseconds(0));

  EXPECT_EQ(this->PhaseOf(this->Id(1)), WorkloadState::Phase::kAbsent);
}

TYPED_TEST_P(RunnerContract, AWorkloadThatEndsWellHasSucceeded) {
  const AttemptId id = this->Id(1);

  ASSERT_TRUE(this->world_.runner().Ensure(this->world_.Succeeding(id)).has_value());

  ASSERT_TRUE(this->AwaitFinished(id));
  const WorkloadState state = this->world_.runner().Observe(id);
  EXPECT_EQ(state.phase, WorkloadState::Phase::kSucceeded);
  EXPECT_NE(state.started, Time{});
  EXPECT_GE(state.finished, state.started);
}

TYPED_TEST_P(RunnerContract, AWorkloadThatEndsBadlyHasFailedForAReason) {
  const AttemptId id = this->Id(1);

  ASSERT_TRUE(this->world_.runner().Ensure(this->world_.Failing(id)).has_value());

  ASSERT_TRUE(this->AwaitFinished(id));
  const WorkloadState state = this->world_.runner().Observe(id);
  EXPECT_EQ(state.phase, WorkloadState::Phase::kFailed);
  EXPECT_FALSE(state.reason.empty());
  EXPECT_FALSE(state.message.empty());
}

TYPED_TEST_P(RunnerContract, EnsuringTwiceStartsOnce) {
  const AttemptId id = this->Id(1);
  const Workload workload = this->world_.Succeeding(id);

  ASSERT_TRUE(this->world_.runner().Ensure(workload).has_value());
  ASSERT_TRUE(this->world_.runner().Ensure(workload).has_value());
  ASSERT_TRUE(this->AwaitFinished(id));
  ASSERT_TRUE(this->world_.runner().Ensure(workload).has_value());

  EXPECT_EQ(this->PhaseOf(id), WorkloadState::Phase::kSucceeded);
  EXPECT_EQ(this->world_.StartsOf(id), 1);
}

TYPED_TEST_P(RunnerContract, AnotherAttemptIsAnotherWorkload) {
  ASSERT_TRUE(this->world_.runner().Ensure(this->world_.Failing(this->Id(1, 1))).has_value());
  ASSERT_TRUE(this->AwaitFinished(this->Id(1, 1)));

  ASSERT_TRUE(this->world_.runner().Ensure(this->world_.Succeeding(this->Id(1, 2))).has_value());

  ASSERT_TRUE(this->AwaitFinished(this->Id(1, 2)));
  EXPECT_EQ(this->PhaseOf(this->Id(1, 1)), WorkloadState::Phase::kFailed);
  EXPECT_EQ(this->PhaseOf(this->Id(1, 2)), WorkloadState::Phase::kSucceeded);
}

TYPED_TEST_P(RunnerContract, IsSeenFinishedOnlyAfterEveryObservationWasHandedOver) {
  const AttemptId id = this->Id(1);
  const std::vector<std::string> values{"0.5", "0.25", "0.125"};

  ASSERT_TRUE(this->world_.runner().Ensure(this->world_.Reporting(id, values, false)).has_value());
  ASSERT_TRUE(this->AwaitFinished(id));

  std::vector<std::string> heard;
  for (const Observation& observation : this->world_.ObservationsOf(id)) {
    EXPECT_EQ(observation.metric, "loss");
    EXPECT_EQ(observation.sequence, heard.size() + 1);
    heard.push_back(observation.value);
  }
  EXPECT_THAT(heard, testing::ElementsAreArray(values));
}

TYPED_TEST_P(RunnerContract, StoppingAFinishedWorkloadForgetsIt) {
  const AttemptId id = this->Id(1);
  ASSERT_TRUE(this->world_.runner().Ensure(this->world_.Succeeding(id)).has_value());
  ASSERT_TRUE(this->AwaitFinished(id));

  this->world_.runner().Stop(id, std::chrono::milliseconds(0));

  EXPECT_EQ(this->PhaseOf(id), WorkloadState::Phase::kAbsent);
}

TYPED_TEST_P(RunnerContract, AStoppedWorkloadIsSeenAsStoppedUntilItIsForgotten) {
  const AttemptId id = this->Id(1);
  ASSERT_TRUE(this->world_.runner().Ensure(this->world_.Hanging(id)).has_value());
  ASSERT_TRUE(this->AwaitPhase(id, WorkloadState::Phase::kRunning));

  this->world_.runner().Stop(id, std::chrono::milliseconds(60'000));

  ASSERT_TRUE(this->AwaitFinished(id));
  const WorkloadState state = this->world_.runner().Observe(id);
  EXPECT_EQ(state.phase, WorkloadState::Phase::kFailed);
  EXPECT_EQ(state.reason, kStopped);
  EXPECT_NE(state.started, Time{});
  EXPECT_GE(state.finished, state.started);
  this->world_.runner().Stop(id, std::chrono::milliseconds(0));
  EXPECT_EQ(this->PhaseOf(id), WorkloadState::Phase::kAbsent);
}

TYPED_TEST_P(RunnerContract, KeepsWhatAWorkloadReportedBeforeItWasStopped) {
  const AttemptId id = this->Id(1);
  ASSERT_TRUE(this->world_.runner().Ensure(this->world_.Reporting(id, {"0.5"}, true)).has_value());
  ASSERT_TRUE(this->world_.PumpUntil([&] { return !this->world_.ObservationsOf(id).empty(); }));

  this->world_.runner().Stop(id, std::chrono::milliseconds(0));

  ASSERT_TRUE(this->AwaitFinished(id));
  EXPECT_EQ(this->world_.runner().Observe(id).reason, kStopped);
  EXPECT_THAT(this->world_.ObservationsOf(id), testing::SizeIs(1));
}

TYPED_TEST_P(RunnerContract, StoppingTwiceIsFine) {
  const AttemptId id = this->Id(1);
  ASSERT_TRUE(this->world_.runner().Ensure(this->world_.Hanging(id)).has_value());
  ASSERT_TRUE(this->AwaitPhase(id, WorkloadState::Phase::kRunning));

  this->world_.runner().Stop(id, std::chrono::milliseconds(60'000));
  this->world_.runner().Stop(id, std::chrono::milliseconds(0));
  ASSERT_TRUE(this->AwaitFinished(id));
  this->world_.runner().Stop(id, std::chrono::milliseconds(0));
  this->world_.runner().Stop(id, std::chrono::milliseconds(0));

  EXPECT_EQ(this->PhaseOf(id), WorkloadState::Phase::kAbsent);
}

TYPED_TEST_P(RunnerContract, WorkloadsRunSideBySide) {
  ASSERT_TRUE(this->world_.runner().Ensure(this->world_.Hanging(this->Id(1))).has_value());
  ASSERT_TRUE(this->world_.runner().Ensure(this->world_.Succeeding(this->Id(2))).has_value());

  ASSERT_TRUE(this->AwaitFinished(this->Id(2)));
  EXPECT_TRUE(this->AwaitPhase(this->Id(1), WorkloadState::Phase::kRunning));
}

REGISTER_TYPED_TEST_SUITE_P(RunnerContract,
                            AnUnknownWorkloadIsAbsent,
                            StoppingAnUnknownWorkloadIsFine,
                            AWorkloadThatEndsWellHasSucceeded,
                            AWorkloadThatEndsBadlyHasFailedForAReason,
                            EnsuringTwiceStartsOnce,
                            AnotherAttemptIsAnotherWorkload,
                            IsSeenFinishedOnlyAfterEveryObservationWasHandedOver,
                            StoppingAFinishedWorkloadForgetsIt,
                            AStoppedWorkloadIsSeenAsStoppedUntilItIsForgotten,
                            KeepsWhatAWorkloadReportedBeforeItWasStopped,
                            StoppingTwiceIsFine,
                            WorkloadsRunSideBySide);

}  // namespace hone::controller
