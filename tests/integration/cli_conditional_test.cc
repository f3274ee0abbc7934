// Conditional parameters through the real program: a trial whose script fails if it gets an
// inactive parameter.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/program.h"
#include "tests/support/job_template.h"

namespace hone {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Arguments and environment must contain exactly the parameters that are active for the optimizer.
constexpr const char* kScript = R"(
optimizer= momentum= nesterov=
for word; do
  case $word in
    --optimizer=?*) optimizer=${word#*=} ;;
    --momentum=?*) momentum=${word#*=} ;;
    --nesterov=?*) nesterov=${word#*=} ;;
    *) echo "what is $word?"; exit 1 ;;
  esac
done
case $optimizer:$momentum:$nesterov:${BETA-unset} in
  adam:::0.[0-9]*) ;;
  sgd:[12]:yes:unset | sgd:[12]:no:unset | sgd:3::unset) ;;
  plain:::unset) ;;
  *) echo "handed $optimizer:$momentum:$nesterov:${BETA-unset}"; exit 1 ;;
esac
echo "loss=1"
)";

std::string Manifest(const std::string& algorithm, const std::string& beta_step) {
  return R"(
apiVersion: kubeflow.org/v1beta1
kind: Experiment
metadata: {name: conditional}
spec:
  objective: {type: minimize, objectiveMetricName: loss}
  algorithm: {algorithmName: )" +
         algorithm + R"(}
  maxTrialCount: 40
  parallelTrialCount: 4
  maxFailedTrialCount: 1
  parameters:
    - {name: optimizer, parameterType: categorical, feasibleSpace: {list: [adam, sgd, plain]}}
    - name: momentum
      parameterType: int
      feasibleSpace: {min: 1, max: 3}
      activeWhen: {parent: optimizer, values: [sgd]}
    - name: nesterov
      parameterType: categorical
      feasibleSpace: {list: ["yes", "no"]}
      activeWhen: {parent: momentum, values: [1, 2]}
    - name: beta
      parameterType: double
      feasibleSpace: {min: "0.1", max: "0.9")" +
         beta_step + R"(}
      activeWhen: {parent: optimizer, values: [adam]}
  trialTemplate:
    primaryContainerName: main
    trialParameters:
      - {name: chosen, reference: optimizer}
      - {name: momentum, reference: momentum}
      - {name: nesterov, reference: nesterov}
      - {name: beta, reference: beta}
)" + JobTemplate("[/bin/sh, train.sh]", R"(                args:
                  - --nesterov=${trialParameters.nesterov}
                  - --optimizer=${trialParameters.chosen}
                  - --momentum=${trialParameters.momentum}
                env:
                  - {name: BETA, value: "${trialParameters.beta}"}
)");
}

class CliConditional : public ::testing::Test {
 protected:
  CliConditional() { sandbox_.Write("train.sh", kScript); }
  Outcome Run(const std::string& algorithm, const std::string& beta_step = "") {
    sandbox_.Write("manifest.yaml", Manifest(algorithm, beta_step));
    return sandbox_.Hone({"run", "manifest.yaml"});
  }
  Sandbox sandbox_;
};

TEST_F(CliConditional, TrialsGetTheirActiveParametersOnly) {
  for (const std::string algorithm : {"random", "sobol", "cmaes"}) {
    const Outcome run = Run(algorithm);

    EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
    EXPECT_THAT(sandbox_.Hone({"get", "trials", "conditional", "--state", "Failed"}).out,
                Not(HasSubstr("conditional-")));
    ASSERT_EQ(sandbox_.Hone({"delete", "conditional"}).exit_code, 0);
  }
}

TEST_F(CliConditional, AGridTriesEachDistinctPointOnce) {
  const Outcome run = Run("grid", ", step: \"0.4\"");

  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  // Numbers of values: adam: 3; sgd: 2 with both, and 3; plain: 1.
  EXPECT_EQ(sandbox_.Shell("hone export conditional | tail -n +2 | cut -d, -f7-10").out,
            "adam,,,0.1\nadam,,,0.5\nadam,,,0.9\n"
            "sgd,1,yes,\nsgd,1,no,\nsgd,2,yes,\nsgd,2,no,\nsgd,3,,\n"
            "plain,,,\n");
}

TEST_F(CliConditional, IsShownAndExportedWithoutInactiveParameters) {
  ASSERT_EQ(Run("grid", ", step: \"0.4\"").exit_code, 0);

  const Outcome described = sandbox_.Hone({"describe", "conditional"});
  const Outcome exported = sandbox_.Shell("hone export conditional -o jsonl | tail -n 1");

  EXPECT_THAT(described.out,
              AllOf(HasSubstr("LIVES WHEN"),
                    HasSubstr("optimizer is sgd\n"),
                    HasSubstr("momentum is 1 or 2\n")));
  EXPECT_THAT(exported.out, HasSubstr(R"("parameters":{"optimizer":"plain"})"));
  EXPECT_THAT(sandbox_.Shell("hone get trials conditional | grep -c 'plain$'").out, "1\n");
}

TEST_F(CliConditional, CanBeWrittenAsFlags) {
  const std::string flags =
      "hone run --name flags --minimize loss -n 12 -p optimizer=adam,sgd -p 'm=int:1..2 if "
      "optimizer=sgd' -- /bin/sh train.sh --optimizer={optimizer} ";

  const Outcome apart = sandbox_.Shell(flags + "--momentum {m}");
  const Outcome run = sandbox_.Shell(
      "sed -i 's/^  adam:::0.*/  adam:::unset) ;;/; "
      "s/sgd:3::unset/sgd:[12]::unset/' train.sh; " +
      flags + "--momentum={m}");

  EXPECT_EQ(apart.exit_code, 2);
  EXPECT_THAT(apart.err, AllOf(HasSubstr("the command"), HasSubstr("--momentum=VALUE")));
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  EXPECT_EQ(sandbox_.Shell("hone export flags | tail -n +2 | cut -d, -f2,7,8 | sort").out,
            "Succeeded,adam,\nSucceeded,sgd,1\nSucceeded,sgd,2\n");
}

}  // namespace
}  // namespace hone
