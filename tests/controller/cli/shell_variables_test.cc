#include "controller/cli/shell_variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::controller {
namespace {

using ::testing::HasSubstr;

std::string NameOf(const std::string& parameter) {
  return ShellVariables({{parameter, "1"}}).value().front().name;
}

TEST(ShellVariables, KeepPlainNamesAndMakeOthersValid) {
  EXPECT_EQ(NameOf("lr"), "lr");
  EXPECT_EQ(NameOf("nHidden_2"), "nHidden_2");
  EXPECT_EQ(NameOf("batch-size"), "batch_size");
  EXPECT_EQ(NameOf("model.lr"), "model_lr");
  EXPECT_EQ(NameOf("2nd"), "_2nd");
  EXPECT_EQ(NameOf("größe"), "gr__e");
  EXPECT_EQ(NameOf("y;touch x;$(x)`x`\n"), "y_touch_x___x__x__");
}

TEST(ShellVariables, NeverTakeANameThatAShellOrAProgramUnderstands) {
  for (const std::string name : {"PATH",
                                 "IFS",
                                 "LD_PRELOAD",
                                 "BASH_ENV",
                                 "ENV",
                                 "PS4",
                                 "PYTHONPATH",
                                 "_",
                                 "UID",
                                 "path",
                                 "fpath",
                                 "argv",
                                 "status",
                                 "prompt",
                                 "prompt2",
                                 "http_proxy",
                                 "zsh_eval_context"}) {
    EXPECT_EQ(NameOf(name), "hone_" + name);
  }
  EXPECT_EQ(NameOf("B.ASH-ENV"), "hone_B_ASH_ENV");
}

TEST(ShellVariables, RefuseTwoParametersOfOneName) {
  const auto variables = ShellVariables({{"a.b", "1"}, {"a_b", "2"}});

  ASSERT_FALSE(variables);
  EXPECT_THAT(variables.error().message, HasSubstr("a.b and a_b would both be"));
}

TEST(ShellVariables, QuoteCharactersThatAShellWouldInterpret) {
  EXPECT_EQ(ShellQuoted("0.01"), "0.01");
  EXPECT_EQ(ShellQuoted(""), "''");
  EXPECT_EQ(ShellQuoted("it's $x"), "'it'\\''s $x'");
  EXPECT_EQ(ShellQuoted("~"), "'~'");
}

}  // namespace
}  // namespace hone::controller
