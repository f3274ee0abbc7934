#include "suggestion/server/checkpoints.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

namespace hone::suggestion {
namespace {

namespace fs = std::filesystem;

class Checkpoints : public ::testing::Test {
 protected:
  Checkpoints() {
    std::string name = (fs::temp_directory_path() / "checkpoints-XXXXXX").string();
    root_ = ::mkdtemp(name.data());
  }
  ~Checkpoints() override { fs::remove_all(root_); }

  void Write(const fs::path& file, const std::string& text) const {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  [[nodiscard]] std::string Read(const fs::path& file) const {
    std::ifstream stream(root_ / file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  fs::path root_;
};

TEST_F(Checkpoints, OfATrialThatGoesOnBeginAsItsParents) {
  Write("e/e-1/weights", "w");
  Write("e/e-1/deep/er", "d");
  fs::create_symlink("weights", root_ / "e/e-1/latest");
  ::mkfifo((root_ / "e/e-1/pipe").c_str(), 0600);

  ASSERT_TRUE(PrepareCheckpoint(root_, "e", 7, 1));

  EXPECT_EQ(Read("e/e-7/weights"), "w");
  EXPECT_EQ(Read("e/e-7/deep/er"), "d");
  EXPECT_EQ(fs::read_symlink(root_ / "e/e-7/latest"), "weights");
  EXPECT_FALSE(fs::exists(root_ / "e/e-7/pipe"));
}

TEST_F(Checkpoints, AreEmptyWithoutAParentThatHasOne) {
  ASSERT_TRUE(PrepareCheckpoint(root_, "e", 1, 0));
  ASSERT_TRUE(PrepareCheckpoint(root_, "e", 2, 99));

  EXPECT_TRUE(fs::is_empty(root_ / "e/e-1"));
  EXPECT_TRUE(fs::is_empty(root_ / "e/e-2"));
}

TEST_F(Checkpoints, StayWhenTheQuestionComesAgain) {
  Write("e/e-1/weights", "old");
  ASSERT_TRUE(PrepareCheckpoint(root_, "e", 2, 1));
  Write("e/e-2/weights", "new");

  ASSERT_TRUE(PrepareCheckpoint(root_, "e", 2, 1));

  EXPECT_EQ(Read("e/e-2/weights"), "new");
}

TEST_F(Checkpoints, LeaveNothingHalfMade) {
  ASSERT_TRUE(PrepareCheckpoint(root_, "e", 1, 0));

  EXPECT_EQ(std::distance(fs::directory_iterator(root_ / "e"), fs::directory_iterator()), 1);
}

TEST_F(Checkpoints, HaveNoWayOutOfTheirFolder) {
  for (const char* name : {"", ".", "..", "../x", "a/b", "/etc"}) {
    EXPECT_FALSE(PrepareCheckpoint(root_ / "inner", name, 1, 0)) << name;
  }
  EXPECT_TRUE(fs::is_empty(root_));
}

}  // namespace
}  // namespace hone::suggestion
