#include "controller/workload/text_template.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace hone::controller {
namespace {

const std::vector<std::string> kNames = {"lr", "layers", "a b"};
const std::vector<std::string> kValues = {"0.01", "${trialParameters.lr}", "$(HOME)"};

TEST(TextTemplate, FillsPlaceholdersAndNothingElse) {
  const struct {
    const char* text;
    const char* wanted;
  } rows[] = {
      {"", ""},
      {"plain", "plain"},
      {"${trialParameters.lr}", "0.01"},
      {"--lr=${trialParameters.lr} x", "--lr=0.01 x"},
      {"${trialParameters.lr}${trialParameters.lr}", "0.010.01"},
      {"${trialParameters.a b}", "$(HOME)"},
      // A substituted value is not expanded again.
      {"${trialParameters.layers}", "${trialParameters.lr}"},
      {"${trialParameters.unknown}", "${trialParameters.unknown}"},
      {"${trialParameters.LR}", "${trialParameters.LR}"},
      {"${trialParameters.lr", "${trialParameters.lr"},
      {"${trialParameters.${trialParameters.lr}}", "${trialParameters.0.01}"},
      {"$trialParameters.lr {lr} $(trialParameters.lr)",
       "$trialParameters.lr {lr} $(trialParameters.lr)"},
      {"$${trialParameters.lr}", "$0.01"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(TextTemplate(row.text, kNames).Fill(kValues), row.wanted) << row.text;
  }
}

TEST(TextTemplate, ExpandsVariablesAsTheKubeletDoes) {
  const EnvironmentTemplate environment = {
      {"VAR_A", TextTemplate("A", {})},
      {"VAR_B", TextTemplate("B", {})},
      {"EMPTY", TextTemplate("", {})},
      {"NESTED", TextTemplate("$(VAR_A)", {})},
  };
  const struct {
    const char* text;
    const char* wanted;
  } rows[] = {
      {"$(VAR_A)", "A"},
      {"___$(VAR_B)___", "___B___"},
      {"$(VAR_A)$(VAR_B)", "AB"},
      {"$(EMPTY)", ""},
      {"$(NESTED)", "$(VAR_A)"},
      {"$(UNKNOWN)", "$(UNKNOWN)"},
      {"$$(VAR_A)", "$(VAR_A)"},
      {"$$$(VAR_A)", "$A"},
      {"$$$$(VAR_A)", "$$(VAR_A)"},
      {"f000-$$VAR_A", "f000-$VAR_A"},
      {"$VAR_A ${VAR_A} $", "$VAR_A ${VAR_A} $"},
      {"$(VAR_A", "$(VAR_A"},
      {"$(VAR_A$(VAR_B)", "$(VAR_A$(VAR_B)"},
      {")$(VAR_A)", ")A"},
      {"$()", "$()"},
  };
  for (const auto& row : rows) {
    const TextTemplate expanded = ExpandVariables(TextTemplate(row.text, {}), environment);

    EXPECT_EQ(expanded.Fill({}), row.wanted) << row.text;
  }
}

TEST(TextTemplate, ExpandsVariablesThatHaveHolesButNotWhatFillsThem) {
  const EnvironmentTemplate environment = {
      {"RATE", TextTemplate("r=${trialParameters.lr}", kNames)},
      {"HOME", TextTemplate("/home", {})},
  };

  const TextTemplate expanded =
      ExpandVariables(TextTemplate("$(RATE) ${trialParameters.a b} $(HOME)", kNames), environment);

  EXPECT_EQ(expanded.Fill(kValues), "r=0.01 $(HOME) /home");
}

}  // namespace
}  // namespace hone::controller
