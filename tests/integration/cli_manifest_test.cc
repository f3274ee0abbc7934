// `hone run FILE` with flags beside the manifest, with the real program.
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/cli/command.h"
#include "tests/integration/program.h"
#include "tests/support/job_template.h"

namespace hone {
namespace {

using ::testing::HasSubstr;

using Words = std::vector<std::string>;

const std::string kManifest = R"(apiVersion: kubeflow.org/v1beta1
kind: Experiment
metadata: {name: tune}
spec:
  objective: {type: maximize, objectiveMetricName: score}
  algorithm: {algorithmName: random}
  earlyStopping: {algorithmName: medianstop}
  maxTrialCount: 4
  parallelTrialCount: 1
  parameters:
    - {name: x, parameterType: int, feasibleSpace: {min: "1", max: "9"}}
  trialTemplate:
    primaryContainerName: main
    trialParameters: [{name: x, reference: x}]
)" + JobTemplate(R"([sh, -c, 'echo score=$0', "${trialParameters.x}"])");

/// For each flag a value that differs from the manifest's; empty for a switch.
const std::map<std::string, Words> kValues = {
    {"--maximize", {"acc"}},
    {"--minimize", {"loss"}},
    {"--goal", {"5"}},
    {"--param", {"x=int:2..3"}},
    {"--trials", {"7"}},
    {"--parallel", {"2"}},
    {"--max-failed", {"2"}},
    {"--time", {"2h"}},
    {"--algorithm", {"sobol"}},
    {"--set", {"random_state=7"}},
    {"--seed", {"7"}},
    {"--early-stopping", {"asha-stop"}},
    {"--early-stopping-set", {"start_step=7"}},
    {"--metric", {"loss"}},
    {"--file-metrics", {"m.txt"}},
    {"--format", {"keras"}},
    {"--json", {}},
    {"--filter", {"(score)=([0-9]+)"}},
    {"--timeout", {"90s"}},
    {"--retries", {"2"}},
    {"--gpus-per-trial", {"1"}},
    {"--working-directory", {"/tmp"}},
    {"--name", {"other"}},
};

/// Flags that concern the run or its display, not the experiment.
const std::set<std::string> kOfTheRun = {"--gpus", "--shared-folder", "--print-yaml", "--output"};

TEST(CliManifest, IsChangedByEveryFlagOfTheExperiment) {
  const Sandbox sandbox;
  sandbox.Write("tune.yaml", kManifest);
  const Outcome plain = sandbox.Hone({"run", "tune.yaml", "--print-yaml"});
  ASSERT_EQ(plain.exit_code, 0) << plain.err;

  for (const controller::Flag& flag : controller::MakeRunCommand().flags) {
    const std::string name = flag.LongName();
    if (kOfTheRun.contains(name)) {
      continue;
    }
    ASSERT_TRUE(kValues.contains(name)) << name << ": add a value that changes the manifest";
    Words words = {"run", "tune.yaml", "--print-yaml", name};
    words.insert(words.end(), kValues.at(name).begin(), kValues.at(name).end());
    const Outcome changed = sandbox.Hone(words);

    EXPECT_EQ(changed.exit_code, 0) << name << ": " << changed.err;
    EXPECT_NE(changed.out, plain.out) << name;
  }
}

TEST(CliManifest, IsRefusedIfTrialsThatShareAFolderWouldWriteOneFile) {
  const Sandbox sandbox;
  const std::string manifest = kManifest;
  sandbox.Write("tune.yaml", manifest);
  const std::string name = "{name: tune}";
  sandbox.Write("shared.yaml",
                std::string(manifest).replace(
                    manifest.find(name),
                    name.size(),
                    "{name: tune, annotations: {hone.dev/shared-folder: \"true\"}}"));

  const Outcome flag =
      sandbox.Hone({"run", "tune.yaml", "--shared-folder", "--file-metrics", "m.txt"});
  const Outcome annotation = sandbox.Hone({"run", "shared.yaml", "--file-metrics", "m.txt"});

  for (const Outcome& outcome : {flag, annotation}) {
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("--file-metrics m.txt: trials in a shared folder"));
  }
}

TEST(CliManifest, WhoseTrialsReportNoNumberHasNoBestAndSaysBothReasons) {
  const Sandbox sandbox;
  const Outcome run = sandbox.Hone({"run",
                                    "--maximize",
                                    "acc",
                                    "-p",
                                    "x=1,2,3,4",
                                    "--algorithm",
                                    "grid",
                                    "-q",
                                    "--name",
                                    "bad",
                                    "--",
                                    "sh",
                                    "-c",
                                    "[ $0 = 3 ] && exit 1; echo acc=nan",
                                    "{x}"});

  const Outcome best = sandbox.Hone({"best", "bad"});

  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_THAT(run.out, HasSubstr("bad ended without a result"));
  EXPECT_THAT(best.err,
              HasSubstr("none of its 4 trials has reported a number; of 4 trials 1 failed"));
}

}  // namespace
}  // namespace hone
