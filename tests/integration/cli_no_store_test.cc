// Stores that cannot be used, with the real program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/program.h"

namespace hone {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(CliNoStore, ThatNothingNamesIsAskedFor) {
  const Sandbox sandbox;

  const Outcome get = sandbox.Shell("unset HOME; hone get experiments");
  const Outcome run =
      sandbox.Shell("unset HOME; hone run --maximize a -p x=int:1..9 -n 1 -- echo {x}");

  EXPECT_THAT(get.err, HasSubstr("neither HOME nor XDG_DATA_HOME is set"));
  EXPECT_THAT(run.err, HasSubstr("say where it is with --store FILE"));
}

TEST(CliNoStore, ThatIsADatabaseServerIsRefusedWithoutItsPassword) {
  const Sandbox sandbox;

  for (const char* const words : {"get experiments",
                                  "run --maximize a -p x=int:1..9 -n 1 -- echo {x}",
                                  "resume x",
                                  "delete x",
                                  "serve",
                                  "store backup copy.db",
                                  "store check"}) {
    const Outcome refused =
        sandbox.Shell("hone --store 'postgresql://u:secret@localhost/hone?sslpassword=secret' " +
                      std::string(words));

    EXPECT_EQ(refused.exit_code, 1) << words;
    EXPECT_THAT(refused.err, HasSubstr("postgresql://u@localhost/hone: ")) << words;
    EXPECT_THAT(refused.err, HasSubstr("--store FILE")) << words;
    EXPECT_THAT(refused.err + refused.out, Not(HasSubstr("secret"))) << words;
  }
}

TEST(CliNoStore, ThatMayNotGrowIsAnErrorAndNotTheEndOfTheProgram) {
  const Sandbox sandbox;

  const Outcome run =
      sandbox.Shell("ulimit -f 8; hone run --maximize a -p x=int:1..9 -n 1 -- echo a={x}");

  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("error"));
}

}  // namespace
}  // namespace hone
