#include <gmock/gmock.h>

#include "controller/local/gpu_pool.h"
#include "tests/controller/local/local_world.h"

namespace hone::controller {
namespace {

using Phase = WorkloadState::Phase;
using testing::ElementsAre;
using testing::HasSubstr;

class GpuTrials : public testing::Test {
 protected:
  static Workload Wanting(std::int64_t gpus, const std::string& script, std::uint64_t ordinal) {
    Workload workload = LocalWorld::Shell(script, LocalWorld::Id(ordinal));
    workload.gpus = gpus;
    workload.place.gpus = {"4", "7"};
    return workload;
  }
  Phase PhaseOf(std::uint64_t ordinal) {
    return world_.runner().Observe(LocalWorld::Id(ordinal)).phase;
  }
  void Ensure(const Workload& workload) {
    ASSERT_TRUE(world_.runner().Ensure(workload).has_value());
  }

  LocalWorld world_;
};

TEST(GpuPool, HandsOutAnIdOnceUntilItIsReturned) {
  const std::vector<std::string> ids = {"0", "1"};
  GpuPool pool;

  const auto first = pool.Take(ids, 1);
  const auto both = pool.Take(ids, 2);
  pool.Return(*first);

  EXPECT_THAT(first, testing::Optional(ElementsAre("0")));
  EXPECT_FALSE(both.has_value());
  EXPECT_THAT(pool.Take(ids, 2), testing::Optional(ElementsAre("0", "1")));
}

TEST(GpuPool, IsSharedByExperimentsThatMayHaveDifferentIds) {
  GpuPool pool;

  const auto first = pool.Take({"0", "1"}, 2);
  const auto overlapping = pool.Take({"1", "2"}, 2);
  const auto beside = pool.Take({"1", "2"}, 1);

  EXPECT_THAT(first, testing::Optional(ElementsAre("0", "1")));
  EXPECT_FALSE(overlapping.has_value());
  EXPECT_THAT(beside, testing::Optional(ElementsAre("2")));
}

TEST_F(GpuTrials, SeeTheirOwnGpusOnly) {
  world_.RunToEnd(Wanting(2, "echo $CUDA_VISIBLE_DEVICES", 1));

  EXPECT_EQ(world_.LogOf(), "4,7\n");
}

TEST_F(GpuTrials, WaitUntilOneIsFree) {
  Ensure(Wanting(1, "sleep 1000", 1));
  Ensure(Wanting(1, "sleep 1000", 2));
  Ensure(Wanting(1, "echo $CUDA_VISIBLE_DEVICES", 3));

  const WorkloadState waiting = world_.runner().Observe(LocalWorld::Id(3));
  EXPECT_EQ(waiting.phase, Phase::kWaiting);
  EXPECT_EQ(waiting.reason, "WaitingForGpu");
  EXPECT_EQ(world_.runner().running(), 2U);
  world_.runner().Stop(LocalWorld::Id(2), {});

  EXPECT_EQ(world_.AwaitFinished(LocalWorld::Id(3)).phase, Phase::kSucceeded);
  EXPECT_EQ(world_.LogOf(3), "7\n");
}

TEST_F(GpuTrials, AreServedInTheOrderInWhichTheyCame) {
  Ensure(Wanting(1, "sleep 1000", 1));
  Ensure(Wanting(2, "true", 2));
  Ensure(Wanting(1, "true", 3));

  EXPECT_EQ(PhaseOf(2), Phase::kWaiting);
  EXPECT_EQ(PhaseOf(3), Phase::kWaiting);
  world_.runner().Stop(LocalWorld::Id(1), {});

  EXPECT_EQ(world_.AwaitFinished(LocalWorld::Id(3)).phase, Phase::kSucceeded);
  EXPECT_LE(world_.runner().Observe(LocalWorld::Id(2)).started,
            world_.runner().Observe(LocalWorld::Id(3)).started);
}

TEST_F(GpuTrials, OfAnotherExperimentPassThoseThatWaitForOtherGpus) {
  Ensure(Wanting(2, "sleep 1000", 1));
  Ensure(Wanting(2, "true", 2));
  Workload elsewhere = Wanting(1, "echo $CUDA_VISIBLE_DEVICES", 3);
  elsewhere.place.gpus = {"9"};
  Ensure(elsewhere);

  EXPECT_EQ(world_.AwaitFinished(LocalWorld::Id(3)).phase, Phase::kSucceeded);
  EXPECT_EQ(world_.LogOf(3), "9\n");
  EXPECT_EQ(PhaseOf(2), Phase::kWaiting);
}

TEST_F(GpuTrials, ThatWaitAreForgottenAtOnceWhenStoppedAndLetLaterTrialsPass) {
  Ensure(Wanting(1, "sleep 1000", 1));
  Ensure(Wanting(2, "true", 2));
  Ensure(Wanting(1, "true", 3));

  world_.runner().Stop(LocalWorld::Id(2), std::chrono::minutes(1));

  EXPECT_EQ(PhaseOf(2), Phase::kAbsent);
  EXPECT_EQ(world_.AwaitFinished(LocalWorld::Id(3)).phase, Phase::kSucceeded);
}

TEST_F(GpuTrials, AskingForMoreThanThereAreCanNeverStart) {
  const Status status = world_.runner().Ensure(Wanting(3, "true", 1));

  ASSERT_FALSE(status.has_value());
  EXPECT_FALSE(status.error().IsRetryable());
  EXPECT_THAT(status.error().message, HasSubstr("asks for 3 GPUs, but only 2 are listed"));
}

TEST(UnmanagedGpus, CostOneWarning) {
  LocalWorld world;
  Workload first = LocalWorld::Shell("true", LocalWorld::Id(1));
  Workload second = LocalWorld::Shell("true", LocalWorld::Id(2));
  first.gpus = second.gpus = 1;

  EXPECT_EQ(world.RunToEnd(first).phase, Phase::kSucceeded);
  EXPECT_EQ(world.RunToEnd(second).phase, Phase::kSucceeded);

  EXPECT_THAT(world.warnings(), ElementsAre(HasSubstr("not handed out without a list")));
}

}  // namespace
}  // namespace hone::controller
