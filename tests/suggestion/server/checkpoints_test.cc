#include "suggestion/server/checkpoints.h"

#include <barrier>
#include <fstream>
#include <iterator>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/temporary_folder.h"

namespace hone::suggestion {
namespace {

namespace fs = std::filesystem;

class Checkpoints : public ::testing::Test {
 protected:
  void Write(const fs::path& file, const std::string& text) const {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  [[nodiscard]] std::string Read(const fs::path& file) const {
    std::ifstream stream(root_ / file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  /// The number of entries of a folder.
  [[nodiscard]] std::uint64_t CountOf(const fs::path& folder) const {
    const fs::directory_iterator first(root_ / folder);
    return static_cast<std::uint64_t>(std::distance(first, fs::directory_iterator()));
  }

  const TemporaryFolder folder_;
  const fs::path& root_ = folder_.path();
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

TEST_F(Checkpoints, MayBeAskedForTwiceAtOnce) {
  constexpr std::uint64_t kTrials = 200;
  Write("e/e-1/weights", "w");
  std::barrier both(2);
  const auto prepare = [&] {
    for (std::uint64_t ordinal = 2; ordinal < kTrials; ++ordinal) {
      both.arrive_and_wait();
      const Status status = PrepareCheckpoint(root_, "e", ordinal, 1);
      EXPECT_TRUE(status) << status.error().message;
    }
  };

  std::thread other(prepare);
  prepare();
  other.join();

  EXPECT_EQ(Read("e/e-7/weights"), "w");
  EXPECT_EQ(CountOf("e"), kTrials - 1);
}

TEST_F(Checkpoints, LeaveNothingHalfMade) {
  ASSERT_TRUE(PrepareCheckpoint(root_, "e", 1, 0));

  EXPECT_EQ(CountOf("e"), 1U);
}

TEST_F(Checkpoints, HaveNoWayOutOfTheirFolder) {
  for (const char* name : {"", ".", "..", "../x", "a/b", "/etc"}) {
    EXPECT_FALSE(PrepareCheckpoint(root_ / "inner", name, 1, 0)) << name;
  }
  EXPECT_TRUE(fs::is_empty(root_));
}

}  // namespace
}  // namespace hone::suggestion
