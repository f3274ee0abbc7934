// The command of a trial in which some parameters are not active.
#include "controller/workload/optional_parts.h"

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
using ::testing::IsEmpty;
using ::testing::Pair;

/// Parameters "opt", which is always active, and "momentum" and "beta", which are conditional.
Experiment Conditional(const std::string& trial_spec) {
  Experiment experiment = AnExperiment(trial_spec, "main", {"opt", "momentum", "beta"});
  for (const char* const name : {"momentum", "beta"}) {
    ParameterSpec parameter;
    parameter.name = name;
    parameter.active_when = ActiveWhen{"opt", {"sgd"}};
    experiment.spec.parameters.push_back(parameter);
  }
  return experiment;
}

const char* const kContainer = R"(        command: [run, "--opt=${trialParameters.opt}"]
        args: ["--momentum=${trialParameters.momentum}", "--both=${trialParameters.momentum},${trialParameters.beta}", last]
        env:
        - {name: FIRST, value: "1"}
        - {name: BETA, value: "b${trialParameters.beta}"}
        - {name: FROM_BETA, value: "<$(BETA)>"}
        resources: {limits: {nvidia.com/gpu: "${trialParameters.beta}", cpu: "1"}}
)";

TEST(OptionalParts, AreThereWithTheirParameters) {
  const Workload workload = RenderOrFail(
      Conditional(AJob(kContainer)), ATrial({{"opt", "sgd"}, {"momentum", "0.9"}, {"beta", "2"}}));

  EXPECT_THAT(workload.command,
              ElementsAre("run", "--opt=sgd", "--momentum=0.9", "--both=0.9,2", "last"));
  EXPECT_THAT(workload.environment,
              ElementsAre(Pair("KATIB_TRIAL_NAME", "tune-7"),
                          Pair("FIRST", "1"),
                          Pair("BETA", "b2"),
                          Pair("FROM_BETA", "<b2>")));
  EXPECT_EQ(workload.gpus, 2);
}

TEST(OptionalParts, AreLeftOutWholeWithoutTheirParameters) {
  const Experiment experiment = Conditional(AJob(kContainer));

  const Workload no_beta = RenderOrFail(experiment, ATrial({{"opt", "adam"}, {"momentum", "0.9"}}));
  const Workload neither = RenderOrFail(experiment, ATrial({{"opt", "adam"}}));

  EXPECT_THAT(no_beta.command, ElementsAre("run", "--opt=adam", "--momentum=0.9", "last"));
  EXPECT_THAT(neither.command, ElementsAre("run", "--opt=adam", "last"));
  EXPECT_THAT(
      neither.environment,
      ElementsAre(
          Pair("KATIB_TRIAL_NAME", "tune-7"), Pair("FIRST", "1"), Pair("FROM_BETA", "<$(BETA)>")));
  EXPECT_EQ(neither.gpus, 0);
}

TEST(OptionalParts, AreLeftOutOfTheManifestToo) {
  const Experiment experiment = Conditional(R"yaml(
kind: Job
metadata: {labels: {b: "${trialParameters.beta}", opt: "${trialParameters.opt}"}}
params: [{name: b, value: "${trialParameters.beta}"}, {name: c, value: x}]
nested: [[x, "${trialParameters.momentum}"], []]
spec: {containers: [{name: main, command: [run, "${trialParameters.momentum}"]}]}
)yaml");

  const Workload workload = RenderOrFail(experiment, ATrial({{"opt", "${trialParameters.beta}"}}));
  const auto manifest = proto::ReadJson(workload.manifest);

  ASSERT_TRUE(manifest.has_value()) << workload.manifest;
  EXPECT_EQ(*manifest, FromYaml(R"yaml(
kind: Job
metadata: {labels: {opt: "${trialParameters.beta}"}, name: tune-7, namespace: team}
params: [{name: c, value: x}]
nested: [[x], []]
spec: {containers: [{name: main, command: [run]}]}
)yaml"));
}

TEST(OptionalParts, DoNotExcuseAParameterThatEveryTrialHas) {
  FieldErrors errors;
  const auto made = WorkloadTemplate::Make(Conditional(AJob(kContainer)), errors);
  ASSERT_NE(made, nullptr);

  const auto workload = made->Render(ATrial({{"momentum", "0.9"}, {"beta", "1"}}));

  ASSERT_FALSE(workload.has_value());
  EXPECT_EQ(workload.error().code, Code::kInvalidArgument);
  EXPECT_THAT(workload.error().message, HasSubstr("tune-7: parameter opt"));
}

TEST(OptionalParts, FailATrialThatCannotDoWithoutThem) {
  FieldErrors errors;
  const auto made = WorkloadTemplate::Make(
      Conditional(AJob("        command: [\"${trialParameters.beta}\"]\n")), errors);
  ASSERT_NE(made, nullptr);

  const auto workload = made->Render(ATrial({{"opt", "adam"}, {"momentum", "0.9"}}));

  ASSERT_FALSE(workload.has_value());
  EXPECT_THAT(workload.error().message, HasSubstr("no command"));
}

FieldErrors FaultsIn(const std::string& text) {
  FieldErrors errors;
  CheckOptionalParts(FromYaml(text), {"m"}, errors);
  return errors;
}

TEST(OptionalParts, MayStandWhereTheyCanBeLeftOut) {
  for (const char* const text : {
           R"({command: [run, "-m=${trialParameters.m}"]})",
           R"({command: [run], args: ["${trialParameters.m}"]})",
           R"({command: [run, --, "${trialParameters.m}"]})",
           R"({command: [run, "-1", "${trialParameters.m}"]})",
           R"({command: [run, --verbose, "--m=${trialParameters.m}"]})",
           R"({command: [run, --image, "${trialParameters.other}"], image: i})",
           R"({env: [{name: M, value: "${trialParameters.m}"}]})",
           R"({arguments: {parameters: [{name: M, value: "${trialParameters.m}"}]}})",
           R"({metadata: {labels: {m: "${trialParameters.m}"}}})",
           R"({resources: {limits: {cpu: "${trialParameters.m}"}}})",
           R"({finalizers: [a, "${trialParameters.m}"]})",
       }) {
    EXPECT_THAT(FaultsIn(text), IsEmpty()) << text;
  }
}

TEST(OptionalParts, AreRefusedWhereTheyWouldBeMissed) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {R"({image: "train:${trialParameters.m}"})", ".image"},
      {R"({command: ["${trialParameters.m}", x]})", ".command[0]"},
      {R"({command: "run ${trialParameters.m}"})", ".command"},
      {R"({command: [run, --m, "${trialParameters.m}"]})", ".command[2]"},
      {R"({command: [sh, -c, "run ${trialParameters.m}"]})", ".command[2]"},
      {R"({command: [sh, -c], args: ["run ${trialParameters.m}"]})", ".args[0]"},
      {R"({env: [{name: "${trialParameters.m}", value: x}]})", ".env[0].name"},
      {R"({env: [{value: "${trialParameters.m}"}]})", ".env[0].value"},
      {R"({mounts: [{mountPath: "/${trialParameters.m}"}]})", ".mounts[0].mountPath"},
      {R"({value: "${trialParameters.m}", name: x})", ".value"},
  };
  for (const auto& [text, field] : rows) {
    const FieldErrors errors = FaultsIn(text);

    ASSERT_EQ(errors.size(), 1u) << text;
    EXPECT_EQ(errors[0].field, "spec.trialTemplate.trialSpec" + field);
    EXPECT_THAT(errors[0].found, HasSubstr("${trialParameters.m}"));
  }
}

TEST(OptionalParts, AreAnsweredByAHandfulOfFaults) {
  std::string text = "containers:\n";
  for (int i = 0; i < 1000; ++i) {
    text += "- {image: \"${trialParameters.m}\"}\n";
  }

  EXPECT_EQ(FaultsIn(text).size(), 20u);
}

}  // namespace
}  // namespace hone::controller
