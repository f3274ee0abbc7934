// The output on the screen: values of metrics, columns, and names that a shell or a terminal would
// interpret.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/program.h"
#include "tests/support/job_template.h"

namespace hone {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

using Words = std::vector<std::string>;

Words Tune(const std::string& name, const Words& more, const std::string& script) {
  Words words = {"run", "--maximize", "acc", "-n", "2", "--seed", "1", "-q", "--name", name};
  words.insert(words.end(), more.begin(), more.end());
  words.insert(words.end(), {"--", "/bin/sh", "-c", script});
  return words;
}

// Three epochs: accuracy is best at the second, loss falls.
constexpr const char* kEpochs =
    "for e in '0.5 2.5' '0.9 0.75' '0.8 0.25'; do set -- $e; echo acc=$1 loss=$2; done; : {lr}";

TEST(CliShown, AdditionalMetricsAreTheirLatestAndSaySo) {
  const Sandbox sandbox;
  const Words flags = {"-p", "lr=uniform:0..1", "--metric", "loss"};
  ASSERT_EQ(sandbox.Hone(Tune("train", flags, kEpochs)).exit_code, 0);

  const Outcome best = sandbox.Hone({"best", "train"});
  const Outcome json = sandbox.Hone({"best", "train", "-o", "json"});

  EXPECT_THAT(best.out, HasSubstr("acc             0.9 (max)\nloss            0.25 (latest)\n"));
  EXPECT_THAT(json.out, AllOf(HasSubstr(R"("loss": "0.25")"), HasSubstr(R"("loss": "latest")")));
  EXPECT_THAT(sandbox.Hone({"export", "train"}).out, HasSubstr(",0.9,0.25\n"));
  EXPECT_THAT(sandbox.Hone({"describe", "train-1"}).out,
              ContainsRegex("loss +0.25 +latest +0.25 +2.5 +0.25\n"));
}

TEST(CliShown, AStrategyThatAUserNamesIsKept) {
  const Sandbox sandbox;
  const Words flags = {"-p", "lr=uniform:0..1", "--metric", "loss", "--print-yaml"};
  const std::string yaml = sandbox.Hone(Tune("train", flags, kEpochs)).out;
  const std::size_t at = yaml.find("objectiveMetricName");
  const std::string indent = yaml.substr(yaml.rfind('\n', at), at - yaml.rfind('\n', at));
  sandbox.Write(
      "train.yaml",
      std::string(yaml).insert(at, "metricStrategies: [{name: loss, value: max}]" + indent));

  const Outcome run = sandbox.Hone({"run", "train.yaml"});

  EXPECT_THAT(run.out, HasSubstr("loss            2.5 (max)\n")) << run.err;
}

TEST(CliShown, ColumnsAndTheirOrderAreChosen) {
  const Sandbox sandbox;
  const Words flags = {"-p", "lr=uniform:0..1", "--metric", "loss"};
  ASSERT_EQ(sandbox.Hone(Tune("train", flags, kEpochs)).exit_code, 0);

  EXPECT_THAT(sandbox.Hone({"get", "trials", "--columns", "lr,name,loss"}).out,
              ContainsRegex("^ *lr +NAME +loss\n *0\\.[0-9]{1,9} +train-1 +0.25\n"));
  EXPECT_THAT(sandbox.Hone({"get", "trials", "-o", "wide"}).out,
              ContainsRegex("NAME +STATE +acc +loss +DURATION +ATTEMPT +STARTED"));
  EXPECT_EQ(sandbox.Hone({"get", "trials", "--sort=-lr", "-o", "name"}).out,
            sandbox
                .Shell("hone export train | tail -n +2 | sort -t, -k7 -gr | "
                       "sed 's|^\\([^,]*\\).*|trial/\\1|'")
                .out);
  const Outcome unknown = sandbox.Hone({"get", "trials", "--columns", "name,los"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean \"loss\"?"));
  EXPECT_THAT(sandbox.Hone({"get", "trials", "--sort", "los"}).err, HasSubstr("no column \"los\""));
}

TEST(CliShown, TrialsAreChosenByTheirValues) {
  const Sandbox sandbox;
  ASSERT_EQ(sandbox
                .Shell("hone run --maximize acc --algorithm grid -p n=int:1..4 -p opt=sgd,adam -q "
                       "--name train -- echo acc={n} {opt}")
                .exit_code,
            0);
  const auto count = [&](const std::string& flags) {
    return sandbox.Shell("hone get trials train -o name " + flags + " | wc -l").out;
  };

  EXPECT_EQ(count("--where 'acc<3'"), "4\n");
  EXPECT_EQ(count("--where 'acc>=3' --where opt=adam"), "2\n");
  EXPECT_EQ(count("--where 'n!=4.0' --where opt!=sgd"), "3\n");
  EXPECT_EQ(count("--where 'opt<1'"), "0\n");
  EXPECT_EQ(count("--where 'acc>1' --limit 2"), "2\n");
  EXPECT_EQ(count("--where 'acc>1' --limit 0"), "0\n");
  EXPECT_EQ(sandbox
                .Shell("hone get trials -o wide --columns n,opt --where opt=sgd --sort=-n "
                       "--limit 2 | tr -s ' '")
                .out,
            "n opt\n4 sgd\n3 sgd\n");
  EXPECT_THAT(sandbox.Hone({"get", "trials", "--where", "ac<1"}).err,
              HasSubstr("--where ac<1: there is no column"));
  EXPECT_THAT(sandbox.Hone({"get", "trials", "--where", "acc"}).err, HasSubstr("write COLUMN"));
}

TEST(CliShown, ARunningTrialShowsWhatItReportedLast) {
  const Sandbox sandbox;
  Running run = sandbox.Start(Tune("train",
                                   {"-p", "x=uniform:0..1"},
                                   "cd $HOME; echo acc=0.75; echo acc=0.5; "
                                   "while [ ! -e go ]; do sleep 0.02; done; : {x}"));

  EXPECT_TRUE(Eventually([&] {
    const std::string out = sandbox.Hone({"get", "trials", "train"}).out;
    return out.find("Running  0.5 ") != std::string::npos;
  }));
  sandbox.Write("go", "");

  EXPECT_EQ(run.Wait().exit_code, 0);
  EXPECT_THAT(sandbox.Hone({"get", "trials", "train"}).out, HasSubstr("Succeeded  0.75 "));
}

TEST(CliShown, AShellReadsTheBestWhateverParametersAreCalled) {
  const Sandbox sandbox;
  const Words flags = {"-p",
                       "batch-size=int:8..8",
                       "-p",
                       "wd=choice:it's a $HOME b",
                       "-p",
                       "PATH=int:1..1",
                       "-p",
                       "path=int:2..2"};
  ASSERT_EQ(sandbox.Hone(Tune("train", flags, "echo acc=1 : {batch-size} {PATH} {path} \"{wd}\""))
                .exit_code,
            0);

  const Outcome printed = sandbox.Shell("hone best train -o shell > vars");
  EXPECT_THAT(printed.err, HasSubstr("note: batch-size is batch_size here\n"));
  for (const std::string shell : {"sh", "bash", "zsh"}) {
    EXPECT_EQ(sandbox
                  .Shell(shell + " -c '. ./vars && ls / > /dev/null && "
                                 "echo \"$batch_size|$wd|$hone_PATH|$hone_path\"'")
                  .out,
              "8|it's a $HOME b|1|2\n");
  }
}

TEST(CliShown, TwoParametersOfOneShellVariableAreRefused) {
  const Sandbox sandbox;
  const Words flags = {"-p", "a-b=int:1..1", "-p", "a.b=int:2..2"};
  ASSERT_EQ(sandbox.Hone(Tune("train", flags, "echo acc=1 {a-b} {a.b}")).exit_code, 0);

  const Outcome best = sandbox.Hone({"best", "train", "-o", "shell"});

  EXPECT_EQ(best.exit_code, 1);
  EXPECT_EQ(best.out, "");
  EXPECT_THAT(best.err, HasSubstr("a-b and a.b would both be the shell variable a_b"));
}

TEST(CliShown, LongNamesStandWhole) {
  const Sandbox sandbox;
  const Words flags = {"-p", "optimizer.weight_decay=uniform:0..1"};
  ASSERT_EQ(sandbox.Hone(Tune("train", flags, "echo acc=1 {optimizer.weight_decay}")).exit_code, 0);

  for (const Words& words : {Words{"describe", "train"}, Words{"describe", "train-1"}}) {
    EXPECT_THAT(sandbox.Hone(words).out, ContainsRegex("optimizer.weight_decay  0.[0-9]{1,8}\n"));
  }
}

TEST(CliShown, WhyTrialsFailedStandsWhereverOneLooks) {
  const Sandbox sandbox;
  const Outcome run =
      sandbox.Hone(Tune("train", {"-p", "x=uniform:0..1"}, "echo no data at {x} >&2; exit 4"));
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.out,
              ContainsRegex("failed +2 trials: exited with code 4: no data at 0\\.[0-9]+"));

  for (const Words& words : {Words{"get", "trials"},
                             Words{"describe", "train"},
                             Words{"describe", "train-2"},
                             Words{"best"}}) {
    const Outcome shown = sandbox.Hone(words);
    EXPECT_THAT(shown.out + shown.err, HasSubstr("exited with code 4: no data at 0."));
  }
}

const std::string kEvilManifest = R"(apiVersion: kubeflow.org/v1beta1
kind: Experiment
metadata: {name: evil}
spec:
  maxTrialCount: 1
  parallelTrialCount: 1
  objective: {type: maximize, objectiveMetricName: "a\eb"}
  algorithm: {algorithmName: random}
  parameters:
    - {name: "p\e[2J\u202e", parameterType: categorical, feasibleSpace: {list: ["v\a\u2066"]}}
  trialTemplate:
    primaryContainerName: main
    trialParameters: [{name: p, reference: "p\e[2J\u202e"}]
)" + JobTemplate(R"([/bin/sh, -c, "echo \"died of $0\"; exit 1", "${trialParameters.p}"])");

TEST(CliShown, NoControlCharacterReachesATerminal) {
  const Sandbox sandbox;
  sandbox.Write("evil.yaml", kEvilManifest);
  const Outcome run = sandbox.Hone({"run", "evil.yaml"});
  EXPECT_THAT(run.err, HasSubstr("exited with code 1: died of v"));
  EXPECT_THAT(run.out, HasSubstr("a\\x1bb"));

  for (const Words& words : {Words{"get", "trials"},
                             Words{"describe", "evil"},
                             Words{"describe", "evil-1"},
                             Words{"get", "experiments"},
                             Words{"best"}}) {
    const Outcome shown = sandbox.Hone(words);
    for (const char* raw : {"\x1b", "\a", "\u202e", "\u2066"}) {
      EXPECT_THAT(shown.out + shown.err + run.out + run.err, Not(HasSubstr(raw)));
    }
  }
}

}  // namespace
}  // namespace hone
