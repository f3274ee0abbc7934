// Checkpoints: a trial starts from the checkpoint that its parent saved.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/controller/local/local_world.h"

namespace hone::controller {
namespace {

using ::testing::HasSubstr;
using Phase = WorkloadState::Phase;

/// A trial that adds a line to its checkpoint, and reports the number of lines.
Workload Saving(std::uint64_t ordinal, const std::string& parent = "", std::int32_t attempt = 1) {
  Workload workload = LocalWorld::Shell(
      "mkdir -p $HONE_CHECKPOINT_DIR/deep && cd $HONE_CHECKPOINT_DIR/deep && echo $HONE_TRIAL_NAME "
      ">> steps && cat steps",
      LocalWorld::Id(ordinal, attempt));
  workload.checkpoint = Checkpoint{parent, ""};
  return workload;
}

TEST(Checkpoint, IsWhereTheChildGoesOn) {
  LocalWorld world;

  world.RunToEnd(Saving(1));
  world.RunToEnd(Saving(2, "exp-1"));
  world.RunToEnd(Saving(3, "exp-1"));

  EXPECT_EQ(world.LogOf(1), "exp-1\n");
  EXPECT_EQ(world.LogOf(2), "exp-1\nexp-2\n");
  EXPECT_EQ(world.LogOf(3), "exp-1\nexp-3\n");
}

TEST(Checkpoint, OfTheChildsOwnEarlierAttemptIsKept) {
  LocalWorld world;
  world.RunToEnd(Saving(1));

  world.RunToEnd(Saving(2, "exp-1"));
  world.RunToEnd(Saving(2, "exp-1", 2));

  EXPECT_THAT(world.LogOf(2), HasSubstr("exp-1\nexp-2\nexp-2\n"));
}

TEST(Checkpoint, IsEmptyWhenTheParentHasNone) {
  LocalWorld world;

  world.RunToEnd(Saving(2, "exp-1"));

  EXPECT_EQ(world.LogOf(2), "exp-2\n");
}

TEST(Checkpoint, IsCopiedWholeOrNotAtAll) {
  LocalWorld world;
  world.RunToEnd(Saving(1));
  const std::filesystem::path begun = world.PathsOf(2).checkpoint.string() + ".new";
  std::filesystem::create_directories(begun);
  WriteText(begun / "half", "");

  world.RunToEnd(Saving(2, "exp-1"));

  EXPECT_EQ(world.LogOf(2), "exp-1\nexp-2\n");
  EXPECT_FALSE(std::filesystem::exists(begun));
  EXPECT_FALSE(std::filesystem::exists(world.PathsOf(2).checkpoint / "half"));
}

TEST(Checkpoint, OfTheParentStaysAsItWas) {
  LocalWorld world;
  world.RunToEnd(Saving(1));

  world.RunToEnd(Saving(2, "exp-1"));

  EXPECT_EQ(ReadText(world.PathsOf(1).checkpoint / "deep/steps"), "exp-1\n");
}

TEST(Checkpoint, ThatCannotBeCopiedIsSaidWithBothFolders) {
  LocalWorld world;
  world.RunToEnd(Saving(1));
  const std::filesystem::path parent = world.PathsOf(1).checkpoint;
  WriteText(parent / "model", std::string(100'000, 'x'));

  const Status started = world.EnsureWithSmallFiles(Saving(2, "exp-1"));

  ASSERT_FALSE(started.has_value());
  EXPECT_THAT(started.error().message, HasSubstr("copying checkpoint folder " + parent.string()));
  EXPECT_FALSE(std::filesystem::exists(world.PathsOf(2).checkpoint));
}

TEST(Checkpoint, IsCopiedWithoutItsPipes) {
  LocalWorld world;
  world.RunToEnd(Saving(1));
  ASSERT_EQ(::mkfifo((world.PathsOf(1).checkpoint / "pipe").c_str(), 0600), 0);

  world.RunToEnd(Saving(2, "exp-1"));

  EXPECT_EQ(world.LogOf(2), "exp-1\nexp-2\n");
  EXPECT_FALSE(std::filesystem::exists(world.PathsOf(2).checkpoint / "pipe"));
}

TEST(Checkpoint, ItsLinksDoNotLeadBackToTheParent) {
  LocalWorld world;
  world.RunToEnd(Saving(1));
  const std::filesystem::path parent = world.PathsOf(1).checkpoint;
  const std::filesystem::path child = world.PathsOf(2).checkpoint;
  std::filesystem::create_symlink(parent / "deep/steps", parent / "absolute");
  std::filesystem::create_symlink("../" + parent.filename().string() + "/deep/steps",
                                  parent / "around");
  std::filesystem::create_symlink("/etc/hosts", parent / "elsewhere");

  world.RunToEnd(Saving(2, "exp-1"));

  EXPECT_EQ(std::filesystem::canonical(child / "absolute"), child / "deep/steps");
  EXPECT_EQ(std::filesystem::canonical(child / "around"), child / "deep/steps");
  EXPECT_EQ(std::filesystem::read_symlink(child / "elsewhere"), "/etc/hosts");
}

TEST(Checkpoint, OfAnEarlierExperimentOfThatNameIsNotTaken) {
  LocalWorld world;
  Workload earlier = Saving(1);
  earlier.experiment_uid = "one";
  Workload later = Saving(2, "exp-1");
  later.experiment_uid = "two";

  world.RunToEnd(earlier);
  world.RunToEnd(later);

  EXPECT_EQ(world.LogOf(2), "exp-2\n");
  const std::filesystem::path moved = world.folder() / "trials/default/exp.one";
  EXPECT_EQ(ReadText(moved / "exp-1.checkpoint/deep/steps"), "exp-1\n");
  EXPECT_THAT(world.warnings(), testing::ElementsAre(HasSubstr(moved.string())));
}

TEST(Checkpoint, IsFoundUnderThePathThatTheCommandNames) {
  LocalWorld world;
  Workload workload = LocalWorld::Shell("echo here > /var/log/katib/checkpoints/file");
  workload.checkpoint = Checkpoint{"", "/var/log/katib/checkpoints/"};

  const WorkloadState state = world.RunToEnd(workload);

  EXPECT_EQ(state.phase, Phase::kSucceeded) << state.message;
  EXPECT_EQ(ReadText(world.PathsOf(1).checkpoint / "file"), "here\n");
}

TEST(Checkpoint, CostsNothingWhereNoTrialGoesOn) {
  LocalWorld world;

  world.RunToEnd(LocalWorld::Shell("echo \"[$HONE_CHECKPOINT_DIR]\""));

  EXPECT_EQ(world.LogOf(1), "[]\n");
  EXPECT_FALSE(std::filesystem::exists(world.PathsOf(1).checkpoint));
}

}  // namespace
}  // namespace hone::controller
