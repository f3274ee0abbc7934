// The entries of a folder that are shown to trials, and how long they are cached.
#include "controller/local/work_plan.h"

#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/temporary_folder.h"

namespace hone::controller {
namespace {

using testing::ElementsAre;
using Kind = WorkPlan::Kind;

MATCHER_P2(Entry, name, kind, "") {
  return arg.name == name && arg.kind == kind;
}

class WorkPlans : public testing::Test {
 protected:
  WorkPlans() { std::filesystem::create_directories(source_ / "data"); }

  /// Sets the folder's modification time far in the past, as if nothing were changing in it.
  void Add(const std::string& path) const {
    std::ofstream(source_ / path) << "x";
    SetTime((source_ / path).parent_path(), 1'000'000);
  }
  static void SetTime(const std::filesystem::path& folder, time_t seconds) {
    const timespec times[] = {{seconds, 0}, {seconds, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, folder.c_str(), static_cast<const timespec*>(times), 0), 0);
  }
  std::shared_ptr<const WorkPlan> Find(const std::string& kept = "") {
    auto plan = memo_.Find(source_, kept);
    EXPECT_TRUE(plan.has_value()) << plan.error().message;
    return *plan;
  }

  TemporaryFolder folder_;
  std::filesystem::path source_ = folder_.path() / "source";
  WorkPlanMemo memo_ = WorkPlanMemo({});
};

TEST_F(WorkPlans, AreRememberedWhileNothingIsMadeOrRemoved) {
  Add("data/x");
  Add("a");
  const auto first = Find();

  std::ofstream(source_ / "a") << "changed";

  EXPECT_EQ(Find(), first);
}

TEST_F(WorkPlans, AreMadeAnewWhenAFileHasBeenMade) {
  Add("data/x");
  Add("a");
  Find();

  std::ofstream(source_ / "data" / "y") << "";

  EXPECT_THAT(Find()->folders.at(1).entries,
              ElementsAre(Entry("x", Kind::kCopy), Entry("y", Kind::kCopy)));
}

TEST_F(WorkPlans, AreMadeAnewWhenAFolderThatWasTooLargeIsNot) {
  for (int i = 0; i < 1000; ++i) {
    std::ofstream(source_ / "data" / std::to_string(i)) << "";
  }
  Add("data/x");
  Add("a");
  EXPECT_THAT(Find()->folders.at(0).entries,
              ElementsAre(Entry("a", Kind::kCopy), Entry("data", Kind::kLink)));

  for (int i = 0; i < 1000; ++i) {
    std::filesystem::remove(source_ / "data" / std::to_string(i));
  }

  EXPECT_THAT(Find()->folders.at(0).entries,
              ElementsAre(Entry("a", Kind::kCopy), Entry("data", Kind::kFolder)));
}

TEST_F(WorkPlans, AreMadeAnewForAnotherMetricFile) {
  Add("data/x");
  Add("a");
  Find();

  EXPECT_THAT(Find("a")->folders.at(0).entries, ElementsAre(Entry("data", Kind::kFolder)));
}

TEST_F(WorkPlans, OfAFolderThatMayJustBeChangingAreNotRemembered) {
  const time_t later = ::time(nullptr) + 3600;  // not in the past, whatever the clock says
  Add("data/x");
  SetTime(source_, later);
  Find();

  std::ofstream(source_ / "a") << "";
  SetTime(source_, later);

  EXPECT_THAT(Find()->folders.at(0).entries,
              ElementsAre(Entry("a", Kind::kCopy), Entry("data", Kind::kFolder)));
}

}  // namespace
}  // namespace hone::controller
