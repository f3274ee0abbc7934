// Ownership of the files of an experiment, and their deletion.
#include "controller/local/experiment_folder.h"

#include <gmock/gmock.h>

#include "tests/controller/local/local_world.h"

namespace hone::controller {
namespace {

const ExperimentKey kKey{"default", "exp"};

Result<bool> IsGone(const ExperimentKey& /*key*/, const std::string& /*uid*/) {
  return false;
}

Result<bool> IsStillThere(const ExperimentKey& /*key*/, const std::string& /*uid*/) {
  return true;
}

class ExperimentFolder : public testing::Test {
 protected:
  /// A file of the experiment `uid`.
  std::filesystem::path MakeFile(const std::string& uid) {
    EXPECT_TRUE(ClaimExperimentFolder(folder_, uid).has_value());
    WriteText(folder_ / "exp-1.log", uid);
    return folder_ / "exp-1.log";
  }

  TemporaryFolder root_;
  std::filesystem::path folder_ = FolderOfExperiment(root_.path(), kKey);
};

TEST_F(ExperimentFolder, OfTheSameExperimentStays) {
  const auto file = MakeFile("one");

  const auto moved = ClaimExperimentFolder(folder_, "one");

  EXPECT_EQ(moved.value(), "");
  EXPECT_EQ(ReadText(file), "one");
}

TEST_F(ExperimentFolder, WithoutAUidIsTakenByTheNextExperiment) {
  std::filesystem::create_directories(folder_);
  WriteText(folder_ / "exp-1.log", "old");

  EXPECT_EQ(ClaimExperimentFolder(folder_, "one").value(), "");

  EXPECT_EQ(ReadText(folder_ / "exp-1.log"), "old");
}

TEST_F(ExperimentFolder, IsDeletedByTheNextHoneIfThisOneWasKilled) {
  const auto file = MakeFile("one");
  ASSERT_TRUE(BeginDeletion(root_.path(), kKey, "one").has_value());

  ASSERT_TRUE(FinishDeletions(root_.path(), IsGone).has_value());

  EXPECT_FALSE(std::filesystem::exists(folder_));
  EXPECT_FALSE(std::filesystem::exists(root_ / ".deleting"));
}

TEST_F(ExperimentFolder, StaysWhileItsExperimentIsThere) {
  const auto file = MakeFile("one");
  ASSERT_TRUE(BeginDeletion(root_.path(), kKey, "one").has_value());

  ASSERT_TRUE(FinishDeletions(root_.path(), IsStillThere).has_value());
  EXPECT_TRUE(std::filesystem::exists(file));
  ASSERT_TRUE(FinishDeletions(root_.path(), IsGone).has_value());

  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(ExperimentFolder, OfALaterExperimentOfThatNameIsNotDeletedWithTheEarlier) {
  ASSERT_TRUE(BeginDeletion(root_.path(), kKey, "one").has_value());
  const auto file = MakeFile("two");

  ASSERT_TRUE(FinishDeletions(root_.path(), IsGone).has_value());

  EXPECT_EQ(ReadText(file), "two");
}

TEST_F(ExperimentFolder, IsDeletedThoughAnotherCannotBe) {
  const ExperimentKey stuck{"default", std::string(300, 'x')};  // longer than a name may be
  const std::vector<std::string> names = {"before", "one", "zlast"};
  for (const std::string& name : names) {
    const auto folder = FolderOfExperiment(root_.path(), {"default", name});
    ASSERT_TRUE(ClaimExperimentFolder(folder, name).has_value());
    ASSERT_TRUE(BeginDeletion(root_.path(), {"default", name}, name).has_value());
    ASSERT_TRUE(BeginDeletion(root_.path(), stuck, "not-" + name).has_value());
  }

  const Status finished = FinishDeletions(root_.path(), IsGone);

  ASSERT_FALSE(finished.has_value());
  EXPECT_THAT(finished.error().message, testing::HasSubstr("deleting"));
  EXPECT_TRUE(std::filesystem::is_empty(root_.path() / "default"));
  EXPECT_TRUE(std::filesystem::exists(root_ / ".deleting" / "not-one"));
}

}  // namespace
}  // namespace hone::controller
