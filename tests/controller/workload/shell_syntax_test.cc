#include "controller/workload/shell_syntax.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/controller/workload/templates.h"

namespace hone::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

using Words = std::vector<std::string>;

TEST(ShellSyntax, IsFoundInCommandsThatOnlyAShellUnderstands) {
  const std::pair<Words, const char*> rows[] = {
      {{"python3 train.py --lr=0.1"}, "whole command line in one word"},
      {{"python3 train.py", "--lr=0.1"}, "whole command line in one word"},
      {{"cd", "/data"}, "command of the shell"},
      {{"source", "env/bin/activate"}, "command of the shell"},
      {{"SEED=1", "python3", "train.py"}, "sets a variable"},
      {{"train", "&&", "echo", "done"}, "operator"},
      {{"train", "|", "tee", "log"}, "operator"},
      {{"train", ">", "log"}, "operator"},
      {{"train", ">log"}, "operator"},
      {{"train", "2>&1"}, "operator"},
      {{"train", "2>>errors"}, "operator"},
      {{"train", "&"}, "operator"},
      {{"echo", "hi;", "train"}, "operator"},
      {{"train", "--lr 0.1"}, "several words in one"},
      {{"python3", "train.py --lr=0.1"}, "several words in one"},
      {{"python", "train.py", "-c", "conf.yaml", "--data=$DATA", "2>&1"}, "operator"},
      {{"./train", "-e", "5", "|", "tee", "log"}, "operator"},
  };
  for (const auto& [words, part] : rows) {
    const auto found = FindShellSyntax(words);

    ASSERT_TRUE(found) << words.back();
    EXPECT_THAT(found->what, HasSubstr(part)) << words.back();
    EXPECT_THAT(found->instead, HasSubstr("write")) << words.back();
  }
}

TEST(ShellSyntax, IsNoneInWordsThatAProgramUnderstands) {
  const Words rows[] = {
      {},
      {"sh", "-c", "cd x && train > log"},
      {"/bin/bash", "-ec", "A=1 train", "&&"},
      {"env", "SEED=1", "sh", "-c", "train | tee log"},
      {"python3", "-c", "import os; print('a && b')", ">"},
      {"/usr/bin/python3.11", "-u", "-Wignore", "-c", "x; y", "&&"},
      {"env", "A=1", "perl", "-ne", "print;", "|"},
      {"node", "--eval", "f();", "&"},
      {"find", ".", "-name", "*.py", "-exec", "wc", "{}", ";"},
      {"pip", "install", "torch>=2", ">=1.0"},
      {"train", "--extra-args", "--lr 0.1 --bs 2"},
      {"train", "--note=a b", "a b", "-5 or more", "->", "<unk>", "a=b"},
      {"train", "--text", "select 1; select 2;"},
  };
  for (const Words& words : rows) {
    const auto found = FindShellSyntax(words);

    EXPECT_FALSE(found) << found->what;
  }
}

TEST(ShellSyntax, KnowsTheVariablesOfTheContainerAndOfEveryEnvironment) {
  const std::pair<Words, const char*> rows[] = {
      {{"train", "--data=$DATA"}, "$DATA"},
      {{"train", "--data=${DATA}/x"}, "${DATA}"},
      {{"train", "--out", "$HOME/x"}, "$HOME"},
      {{"train", "--workers=$(nproc)"}, "$(nproc)"},
      {{"train", "$(DATA)", "$$DATA", "$$(nproc)", "$other", "$", "$1"}, ""},
      {{"sh", "-c", "train $DATA $(nproc)"}, ""},
      {{"python", "-c", "print('$DATA')"}, ""},
      {{"python", "train.py", "-c", "conf.yaml", "--data=$DATA"}, "$DATA"},
  };
  for (const auto& [words, wanted] : rows) {
    EXPECT_EQ(FindShellVariable(words, {"DATA"}).value_or(""), wanted);
  }
}

TEST(ShellSyntax, IsRunByAShellAsKatibDoesAndSaidAtOnce) {
  const std::pair<const char*, const char*> rows[] = {
      {"command: [\"python3 train.py --lr=${trialParameters.lr} --data=$DATA\"]",
       "python3 train.py --lr=0.01 --data=$DATA"},
      {"command: [python3 train.py]\n        args: [\"--lr=${trialParameters.lr}\"]",
       "python3 train.py --lr=0.01"},
      {"command: [cd, /x, \"&&\", ./train, \"${trialParameters.lr}\"]", "cd /x && ./train 0.01"},
      {"command: [LR=1, ./train, \"${trialParameters.lr}\"]", "LR=1 ./train 0.01"},
      {"command: [./train]\n        args: [\"--lr ${trialParameters.lr}\", \"--n=$(DATA)\"]",
       "./train --lr 0.01 --n=/mnist"},
      {"command: [./train, \"${trialParameters.lr}\", \"--data=$DATA\"]",
       "./train 0.01 --data=$DATA"},
  };
  for (const auto& [container, line] : rows) {
    const std::string job = AJob("        " + std::string(container) +
                                 "\n        env: [{name: DATA, value: /mnist}]\n");
    FieldErrors errors;

    const auto made = WorkloadTemplate::Make(AnExperiment(job, "main"), errors);

    ASSERT_NE(made, nullptr) << container << ": " << Join(errors);
    ASSERT_EQ(errors.size(), 1U) << container;
    EXPECT_TRUE(errors[0].IsWarning());
    EXPECT_THAT(errors[0].field, HasSubstr(".containers[0].command"));
    EXPECT_THAT(errors[0].message, HasSubstr("sh -c runs the words as one line"));
    EXPECT_THAT(made->Render(ATrial())->command, ElementsAre("sh", "-c", line));
  }
}

TEST(ShellSyntax, OfAVariableAmongWordsThatAShellWouldPartIsRefused) {
  const std::string job = AJob(
      "        command: [./train, \"${trialParameters.lr}\", \"a b\", \"--data=$DATA\"]\n"
      "        env: [{name: DATA, value: /mnist}]\n");

  const FieldErrors errors = FaultsOf(AnExperiment(job, "main"));

  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].found, "$DATA");
  EXPECT_THAT(errors[0].message, HasSubstr("$(NAME)"));
}

TEST(Rendering, FillsTheNameOfAVolume) {
  const std::string job = AJob(R"yaml(
        command: [run]
        volumeMounts: [{name: "scratch-${trialParameters.fold}", mountPath: /scratch}]
)yaml",
                               R"yaml(
      volumes: [{name: "scratch-${trialParameters.fold}", emptyDir: {}}]
)yaml");
  const Experiment experiment = AnExperiment(job, "main", {"fold"});
  FieldErrors errors;

  const Workload workload = RenderOrFail(experiment, ATrial({{"fold", "3"}}));
  const auto wrong = WorkloadTemplate::Make(experiment, errors)->Render(ATrial({{"fold", "../x"}}));

  EXPECT_THAT(workload.empty_dirs, ElementsAre(Pair("/scratch", "scratch-3")));
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, HasSubstr("\"scratch-../x\", must consist of"));
}

}  // namespace
}  // namespace hone::controller
