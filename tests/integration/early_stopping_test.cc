// Early stopping with the real program and real processes.
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/program.h"
#include "tests/support/job_template.h"

namespace hone {
namespace {

using ::testing::HasSubstr;

/// Good curves first, then two hopeless ones that would run for twenty seconds.
const std::string kManifest = R"(
apiVersion: kubeflow.org/v1beta1
kind: Experiment
metadata:
  name: stopping
spec:
  objective: {type: maximize, objectiveMetricName: score}
  algorithm: {algorithmName: grid}
  earlyStopping:
    algorithmName: medianstop
    algorithmSettings:
      - {name: min_trials_required, value: "2"}
      - {name: start_step, value: "3"}
  parallelTrialCount: 1
  maxTrialCount: 4
  parameters:
    - name: curve
      parameterType: categorical
      feasibleSpace: {list: ["0.8", "0.9", "0.1", "0.2"]}
  trialTemplate:
    primaryContainerName: main
    trialParameters: [{name: curve, reference: curve}]
)" + JobTemplate(R"([/bin/sh, trial.sh, "${trialParameters.curve}"])");

constexpr const char* kTrial = R"(
cd $HOME
trap 'echo asked >> asked; [ -e stubborn ] || exit 0' TERM
step=0
until [ $step -ge 400 ]; do
  step=$((step + 1))
  echo "score=$1"
  case $1 in 0.8 | 0.9) [ $step -ge 5 ] && exit 0 ;; *) sleep 0.05 ;; esac
done
)";

constexpr const char* kBothStopped = "trial/stopping-3\ntrial/stopping-4\n";

class EarlyStopping : public ::testing::Test {
 protected:
  EarlyStopping() {
    sandbox_.Write("stopping.yaml", kManifest);
    sandbox_.Write("trial.sh", kTrial);
  }
  std::string InState(const std::string& state) {
    return sandbox_.Hone({"get", "trials", "stopping", "--state", state, "-o", "name"}).out;
  }

  Sandbox sandbox_;
};

TEST_F(EarlyStopping, EndsHopelessTrialsAndKeepsTheirMetrics) {
  const Outcome run = sandbox_.Hone({"run", "stopping.yaml"});

  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(InState("EarlyStopped"), kBothStopped);
  EXPECT_EQ(InState("Succeeded"), "trial/stopping-1\ntrial/stopping-2\n");
  EXPECT_EQ(sandbox_.Read("asked"), "asked\nasked\n");
  const std::string trial = sandbox_.Hone({"describe", "stopping-3"}).out;
  EXPECT_THAT(trial, HasSubstr("TrialEarlyStopped"));
  EXPECT_THAT(trial, HasSubstr("medianstop stopped it at step 3: its best value is worse"));
  EXPECT_THAT(trial, HasSubstr("(0.1, needed 0.85)"));
  EXPECT_THAT(sandbox_.Hone({"get", "experiments", "-o", "json"}).out,
              HasSubstr("\"trialsEarlyStopped\": 2"));
  EXPECT_THAT(sandbox_.Hone({"best", "stopping"}).out, HasSubstr("0.9"));
  EXPECT_THAT(sandbox_.Hone({"export", "stopping", "--observations", "-o", "csv"}).out,
              HasSubstr("stopping-3,1,score,3,0.1"));
}

TEST_F(EarlyStopping, HasOneEndForATrialThatIsBeingStoppedWhenHoneIsKilled) {
  sandbox_.Write("stubborn", "");
  Running run = sandbox_.Start({"run", "stopping.yaml"});
  ASSERT_TRUE(Eventually([&] { return sandbox_.Read("asked").starts_with("asked\n"); }));

  run.Signal(SIGKILL);
  run.Wait();
  EXPECT_EQ(InState("EarlyStopped"), "");
  EXPECT_EQ(InState("Running"), "trial/stopping-3\n");
  ASSERT_EQ(sandbox_.Shell("rm stubborn").exit_code, 0);
  const Outcome resumed = sandbox_.Hone({"resume", "stopping"});

  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(InState("EarlyStopped"), kBothStopped);
  EXPECT_EQ(InState("Succeeded"), "trial/stopping-1\ntrial/stopping-2\n");
  EXPECT_THAT(sandbox_.Hone({"describe", "stopping-3"}).out, HasSubstr("attempt       2"));
}

}  // namespace
}  // namespace hone
