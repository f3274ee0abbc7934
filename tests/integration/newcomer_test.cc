// Mistakes of people who use hone for the first time, and the output that they get: the exit code,
// and patterns that the output must match.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/program.h"

namespace hone {
namespace {

using ::testing::ContainsRegex;
using ::testing::Not;

struct Mistake {
  std::string what;
  /// A shell command, run in a folder with the files that WriteFiles creates.
  std::string command;
  int exit_code = 0;
  /// Extended regular expressions, each of which stdout and stderr together must match.
  std::vector<std::string> shown;
};

void PrintTo(const Mistake& mistake, std::ostream* stream) {
  *stream << mistake.command;
}

constexpr const char* kRun = "hone run --maximize accuracy --name train -n 3 ";
constexpr const char* kX = "-p x=uniform:0..1 ";

std::string Run(const std::string& rest) {
  return kRun + (kX + rest);
}

void WriteFiles(const Sandbox& sandbox) {
  sandbox.Write("train.py", "import sys\nprint('accuracy=' + sys.argv[1])\n");
  sandbox.Write("torch.py", "print('starting')\nimport no_such_torch\n");
  sandbox.Write("broken.py", "print('accuracy=1'\nx = = 1\n");
  sandbox.Write("plain.sh", "echo accuracy=$1\n");
  sandbox.Write("tab.yaml", "kind: Experiment\nspec:\n\tmaxTrialCount: 3\n");
  sandbox.Write("indent.yaml", "kind: Experiment\nspec:\n  algorithm:\n algorithmName: tpe\n");
  sandbox.Write("range.yaml",
                "apiVersion: kubeflow.org/v1beta1\n"
                "kind: Experiment\n"
                "metadata: {name: range}\n"
                "spec:\n"
                "  objective: {type: maximize, objectiveMetricName: accuracy}\n"
                "  parameters:\n"
                "    - name: lr\n"
                "      parameterType: double\n"
                "      feasibleSpace: {min: '1', max: '0.1'}\n");
}

// The program cannot be started, or is not the intended one.
const std::vector<Mistake> kCommands = {
    {"ProgramMisspelt", Run("-- pyton3 train.py {x}"), 3, {"\"pyton3\" is not in PATH"}},
    {"ScriptMissing",
     Run("-- python3 tarin.py {x}"),
     3,
     {"Failed.*\"tarin.py\" does not exist", "hone describe train-1"}},
    {"ScriptNotExecutable", Run("-- ./train.py {x}"), 3, {"is not executable.*chmod \\+x"}},
    {"ScriptWithoutFirstLine",
     "chmod +x plain.sh && " + Run("-- ./plain.sh {x}"),
     3,
     {"script with(out)?( a)? #! line"}},
    {"ShellSyntaxInOneWord", Run("-- 'cd /tmp && python3 train.py {x}'"), 2, {"sh -c"}},
    {"VariableBeforeTheProgram", Run("-- SEED=1 python3 train.py {x}"), 2, {"env SEED=1"}},
    {"CommandInOneWord", Run("-- 'python3 train.py {x}'"), 2, {"word"}},
    {"NoDashes", Run("python3 train.py"), 2, {"--"}},
};

// The program starts, but its output does not have the expected form.
const std::vector<Mistake> kPrograms = {
    {"ModuleMissing",
     Run("-- python3 torch.py {x}"),
     3,
     {"train-1 +Failed .*ModuleNotFoundError: No module named 'no_such_torch'",
      "failed +[0-9]+ trials: exited with code 1: ModuleNotFoundError",
      "its log +/.*/train-1.log",
      "hone logs train-1"}},
    {"SyntaxErrorInTheScript", Run("-- python3 broken.py {x}"), 3, {"SyntaxError: "}},
    {"CrashMidway",
     Run("-- sh -c 'echo accuracy=0.5; echo out of memory >&2; exit 9' {x}"),
     3,
     {"exited with code 9: out of memory"}},
    {"TooLong",
     Run("--timeout 1s --max-failed 1 -- sh -c 'sleep 60' {x}"),
     3,
     {"train-1 +Failed .*(longer than|activeDeadlineSeconds|timeout)"}},
    {"MetricNeverPrinted",
     Run("-- sh -c 'echo done' {x}"),
     3,
     {"train-1 +MetricsUnavailable .*accuracy", "failed +[0-9]+ trials: .*accuracy"}},
    {"MetricOfAnotherName",
     Run("-- sh -c 'echo val_accuracy=0.9' {x}"),
     3,
     {"MetricsUnavailable .*val_accuracy"}},
    {"MetricOfAnotherCase",
     Run("-- sh -c 'echo Accuracy=0.9' {x}"),
     3,
     {"MetricsUnavailable .*Accuracy"}},
    {"MetricWithAColon",
     Run("-- sh -c 'echo \"accuracy: 0.97\"' {x}"),
     3,
     {"MetricsUnavailable .*accuracy: 0.97"}},
    {"GoalOnTheWrongSide",
     Run("--goal 0 -- python3 train.py {x}"),
     0,
     {"succeeded: .*goal.* \\(1 trials"}},
};

// The command line or a manifest is wrong: nothing runs.
const std::vector<Mistake> kFlags = {
    {"ListInBrackets", kRun + std::string("-p 'x=[1,2,3]' -- echo {x}"), 2, {"1,2,3"}},
    {"RangeTheWrongWayRound",
     kRun + std::string("-p lr=uniform:0.1..0.01 -- echo {lr}"),
     2,
     {"-p lr: .*min"}},
    {"MinAboveMaxInAManifest", "hone validate range.yaml", 1, {"range.yaml:9:.*min"}},
    {"AlgorithmUnknown", Run("--algorithm tpee -- echo {x}"), 2, {"did you mean \"tpe\""}},
    {"FlagMisspelt",
     "hone run --maximise accuracy -p x=uniform:0..1 -n 3 -- echo {x}",
     2,
     {"--maximise.*--maximize"}},
    {"MetricForgotten",
     "hone run --minimize -p x=uniform:0..1 -n 3 -- echo {x}",
     2,
     {"--minimize.*value"}},
    {"NoParameter", kRun + std::string("-- python3 train.py 1"), 2, {"-p"}},
    {"ParameterNotUsed", Run("-- python3 train.py 1"), 2, {"parameter x is not used"}},
    {"TabInYaml", "hone run tab.yaml", 1, {"tab.yaml:3:[0-9]+: a tab"}},
    {"WrongIndentInYaml", "hone run indent.yaml", 1, {"indent.yaml:4:[0-9]+: "}},
    {"ExperimentUnknown",
     Run("-q -o name -- python3 train.py {x}") + " && hone best trian",
     1,
     {"there is no experiment \"trian\".*did you mean \"train\""}},
};

class Newcomer : public ::testing::TestWithParam<Mistake> {};

TEST_P(Newcomer, IsToldWhatIsWrong) {
  const Sandbox sandbox;
  WriteFiles(sandbox);

  const Outcome outcome = sandbox.Shell(GetParam().command);

  const std::string screen = outcome.err + outcome.out;
  EXPECT_EQ(outcome.exit_code, GetParam().exit_code) << screen;
  for (const std::string& pattern : GetParam().shown) {
    EXPECT_THAT(screen, ContainsRegex(pattern));
  }
  if (outcome.exit_code != 0) {
    EXPECT_THAT(screen, Not(ContainsRegex("Experiment [a-z]+ succeeded")));
  }
}

std::string NameOf(const ::testing::TestParamInfo<Mistake>& row) {
  return row.param.what;
}

INSTANTIATE_TEST_SUITE_P(Command, Newcomer, ::testing::ValuesIn(kCommands), NameOf);
INSTANTIATE_TEST_SUITE_P(Program, Newcomer, ::testing::ValuesIn(kPrograms), NameOf);
INSTANTIATE_TEST_SUITE_P(Flag, Newcomer, ::testing::ValuesIn(kFlags), NameOf);

}  // namespace
}  // namespace hone
