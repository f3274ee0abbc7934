// Commands that run a script with an interpreter: a missing script is reported before the trial
// runs.
#include <gmock/gmock.h>

#include "controller/local/program.h"
#include "tests/controller/local/local_world.h"

namespace hone::controller {
namespace {

using testing::HasSubstr;

TEST(Script, ThatIsInAnImageOnlyIsNamed) {
  LocalWorld world;

  const Status status =
      world.runner().Ensure(LocalWorld::Command({"sh", "/opt/image/train.sh", "--lr", "1"}));

  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Code::kNotFound);
  EXPECT_THAT(status.error().message,
              HasSubstr("the script \"/opt/image/train.sh\" does not exist"));
  EXPECT_THAT(status.error().message, HasSubstr("without an image"));
}

TEST(Script, ThatIsNotInTheWorkingDirectoryIsNamedWithIt) {
  LocalWorld world;

  const Status status = world.runner().Ensure(LocalWorld::Command({"perl", "trian.pl"}));

  ASSERT_FALSE(status.has_value());
  EXPECT_THAT(status.error().message,
              HasSubstr("the script \"trian.pl\" does not exist in " + world.folder().string()));
}

TEST(Script, OfAnyShellIsLookedFor) {
  for (const char* const shell : {"sh", "/bin/zsh", "ksh", "fish"}) {
    EXPECT_FALSE(CheckScript({shell, "/opt/image/train.sh"}, "/").has_value()) << shell;
  }
}

TEST(Script, ThatAShellMayFindInItsPathIsLeftToTheShell) {
  LocalWorld world;

  EXPECT_EQ(world.RunToEnd(LocalWorld::Command({"bash", "true"})).phase,
            WorkloadState::Phase::kFailed);  // found, and no script
}

}  // namespace
}  // namespace hone::controller
