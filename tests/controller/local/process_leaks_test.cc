// Thousands of trials leave no descriptors or processes behind in hone.
#include <gtest/gtest.h>

#include "controller/local/processes.h"
#include "tests/controller/local/local_world.h"

namespace hone::controller {
namespace {

using std::chrono::milliseconds;

std::size_t OpenDescriptors() {
  const std::filesystem::directory_iterator begin("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin, std::filesystem::directory_iterator()));
}

TEST(ProcessLeaks, ThousandsOfTrialsLeaveNoDescriptorAndNoChild) {
  LocalWorld world;
  world.RunToEnd(LocalWorld::Shell("echo loss=1", LocalWorld::Id(1)));
  const std::size_t descriptors = OpenDescriptors();

  for (std::uint64_t ordinal = 2; ordinal <= 2000; ordinal += 2) {
    ASSERT_TRUE(world.runner().Ensure(LocalWorld::Command({"true"}, LocalWorld::Id(ordinal))));
    world.RunToEnd(LocalWorld::Command({"false"}, LocalWorld::Id(ordinal + 1)));
    world.AwaitFinished(LocalWorld::Id(ordinal));
    world.runner().Stop(LocalWorld::Id(ordinal), milliseconds(0));
    world.runner().Stop(LocalWorld::Id(ordinal + 1), milliseconds(0));
  }

  EXPECT_EQ(OpenDescriptors(), descriptors);
  EXPECT_TRUE(ChildrenOfThisProcess().empty());
  EXPECT_EQ(world.runner().running(), 0U);
}

}  // namespace
}  // namespace hone::controller
