// The process of a trial: command, environment, folders and GPUs of the primary container.
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/controller/workload/templates.h"

namespace hone::controller {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(Rendering, JoinsCommandAndArgs) {
  const std::string job = AJob(R"yaml(
        command: [python3, "train.py"]
        args: ["--lr=${trialParameters.lr}", "a b", ""]
)yaml");

  const Workload workload = RenderOrFail(AnExperiment(job, "main"), ATrial());

  EXPECT_THAT(workload.command, ElementsAre("python3", "train.py", "--lr=0.01", "a b", ""));
}

TEST(Rendering, GivesTheEnvironmentInItsOrder) {
  const std::string job = AJob(R"yaml(
        command: [sh, -c, "echo $(NOTE) $(LATER) $(KATIB_TRIAL_NAME) $HOME $$(NOTE)"]
        env:
        - {name: RATE, value: "${trialParameters.lr}"}
        - {name: NOTE, value: "rate $(RATE), $(LATER)"}
        - {name: LATER, value: now}
        - {name: EMPTY}
        - {name: RATE, value: again}
        - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: SPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
)yaml");

  const Workload workload = RenderOrFail(AnExperiment(job, "main"), ATrial());

  EXPECT_THAT(workload.environment,
              ElementsAre(Pair("KATIB_TRIAL_NAME", "tune-7"),
                          Pair("RATE", "again"),
                          Pair("NOTE", "rate 0.01, $(LATER)"),
                          Pair("LATER", "now"),
                          Pair("EMPTY", ""),
                          Pair("POD", "tune-7"),
                          Pair("SPACE", "team")));
  EXPECT_EQ(workload.command[2], "echo rate 0.01, $(LATER) now tune-7 $HOME $(NOTE)");
}

TEST(Rendering, NeverReadsAValueAgain) {
  const std::string value = "'; $(RATE) $$ ${trialParameters.lr} \"}{";

  const std::string job = AJob(R"yaml(
        command: [run, "${trialParameters.lr}", "$(RATE)"]
        env: [{name: RATE, value: "${trialParameters.lr}"}]
)yaml");

  const Workload workload = RenderOrFail(AnExperiment(job, "main"), ATrial({{"lr", value}}));

  EXPECT_THAT(workload.command, ElementsAre("run", value, value));
  EXPECT_THAT(workload.environment, Contains(Pair("RATE", value)));
}

TEST(Rendering, KnowsFoldersAndEmptyDirs) {
  const std::string job = AJob(R"yaml(
        command: [run]
        workingDir: /work/${trialParameters.lr}
        volumeMounts:
        - {name: scratch, mountPath: /scratch}
        - {name: scratch, mountPath: "/more/${trialParameters.lr}"}
        - {name: claim, mountPath: /claim}
        - {name: unknown, mountPath: /unknown}
)yaml",
                               R"yaml(
      volumes:
      - {name: scratch, emptyDir: {}}
      - {name: claim, persistentVolumeClaim: {claimName: x}}
)yaml");

  const Workload workload = RenderOrFail(AnExperiment(job, "main"), ATrial());

  EXPECT_EQ(workload.working_directory, "/work/0.01");
  EXPECT_THAT(workload.empty_dirs,
              ElementsAre(Pair("/more/0.01", "scratch"), Pair("/scratch", "scratch")));
}

TEST(Rendering, CountsGpus) {
  const struct {
    const char* resources;
    std::int64_t wanted;
  } rows[] = {
      {"{}", 0},
      {"{limits: {cpu: 2}}", 0},
      {"{limits: {nvidia.com/gpu: 2}}", 2},
      {"{limits: {nvidia.com/gpu: \"3\"}, requests: {nvidia.com/gpu: 1}}", 3},
      {"{requests: {nvidia.com/gpu: 1}}", 1},
      {"{limits: {nvidia.com/gpu: \"${trialParameters.gpus}\"}}", 4},
  };
  for (const auto& row : rows) {
    const Experiment experiment = AnExperiment(
        AJob("        command: [run]\n        resources: " + std::string(row.resources)),
        "main",
        {"gpus"});

    EXPECT_EQ(RenderOrFail(experiment, ATrial({{"gpus", "4"}})).gpus, row.wanted) << row.resources;
  }
}

TEST(Rendering, RefusesGpusThatAreNoNumber) {
  FieldErrors errors;
  const auto made = WorkloadTemplate::Make(
      AnExperiment(AJob("        command: [run]\n"
                        "        resources: {limits: {nvidia.com/gpu: \"${trialParameters.lr}\"}}"),
                   "main"),
      errors);
  ASSERT_NE(made, nullptr);

  const auto workload = made->Render(ATrial({{"lr", "0.5"}}));

  ASSERT_FALSE(workload.has_value());
  EXPECT_EQ(workload.error().code, Code::kInvalidArgument);
  EXPECT_THAT(workload.error().message, HasSubstr("nvidia.com/gpu is \"0.5\""));
}

struct FaultRow {
  const char* container;
  const char* field;
};

TEST(WorkloadTemplate, RefusesWhatCannotRunHere) {
  const std::string path = "spec.trialTemplate.trialSpec.spec.template.spec.containers[0]";
  const FaultRow rows[] = {
      {"env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]", ".env[0].valueFrom"},
      {"env: [{name: A}, {name: B, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]",
       ".env[1].valueFrom"},
      {"env: [{name: A, value: 5}]", ".env[0].value"},
      {"env: [{name: \"${trialParameters.lr}\"}]", ".env[0].name"},
      {"env: [{name: \"A=B\"}]", ".env[0].name"},
      {"env: [{value: x}]", ".env[0].name"},
      {"env: [text]", ".env[0].name"},
      {"env: {A: B}", ".env"},
      {"envFrom: [{configMapRef: {name: c}}]", ".envFrom"},
      {"args: [--epochs, 5]", ".args[1]"},
      {"args: [null]", ".args[0]"},
      {"args: text", ".args"},
      {"workingDir: [x]", ".workingDir"},
      {"resources: {limits: {nvidia.com/gpu: 0.5}}", ".resources.limits[nvidia.com/gpu]"},
      {"resources: {limits: {nvidia.com/gpu: -1}}", ".resources.limits[nvidia.com/gpu]"},
  };
  for (const FaultRow& row : rows) {
    const FieldErrors errors = FaultsOf(AnExperiment(
        AJob("        command: [run]\n        " + std::string(row.container)), "main"));

    EXPECT_EQ(errors.size(), 1U) << row.container;
    EXPECT_EQ(errors[0].field, path + row.field) << row.container;
    EXPECT_EQ(errors[0].type, FieldError::Type::kInvalid);
  }
}

TEST(WorkloadTemplate, RefusesVolumesWhoseNameIsNoFolder) {
  const std::string job = AJob(R"yaml(
        command: [run]
        volumeMounts: [{name: ../../x, mountPath: /a}, {name: fine, mountPath: ""}]
)yaml",
                               R"yaml(
      volumes: [{name: ../../x, emptyDir: {}}, {name: fine, emptyDir: {}}]
)yaml");

  const FieldErrors errors = FaultsOf(AnExperiment(job, "main"));

  ASSERT_EQ(errors.size(), 2U);
  EXPECT_THAT(errors[0].field, HasSubstr(".volumeMounts[0].name"));
  EXPECT_THAT(errors[1].field, HasSubstr(".volumeMounts[1].mountPath"));
}

TEST(WorkloadTemplate, NeedsACommand) {
  for (const std::string container : {"image: x", "args: [--lr, x]", "command: []"}) {
    const FieldErrors errors = FaultsOf(AnExperiment(AJob("        " + container), "main"));

    ASSERT_EQ(errors.size(), 1U) << container;
    EXPECT_THAT(errors[0].field, HasSubstr(".containers[0].command"));
    EXPECT_THAT(errors[0].message, HasSubstr("write command"));
  }
}

TEST(WorkloadTemplate, RefusesVariablesThatGrowWithoutBound) {
  std::string variables =
      "        command: [run]\n        env:\n        - {name: V0, value: aaaaaaaa}\n";
  for (int i = 1; i < 60; ++i) {
    const std::string before = "$(V" + std::to_string(i - 1) + ")";
    variables += "        - {name: V" + std::to_string(i) + ", value: " + before + before + "}\n";
  }

  const FieldErrors errors = FaultsOf(AnExperiment(AJob(variables), "main"));

  EXPECT_THAT(errors[0].field, HasSubstr(".env[14].value"));
  EXPECT_THAT(errors[0].message, HasSubstr("longer than"));
}

TEST(WorkloadTemplate, RefusesWhatAWorkflowEngineFillsIn) {
  const FieldErrors argo = FaultsOf(AnExperiment(R"yaml(
apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  templates: [{container: {command: [run, "--epochs={{inputs.parameters.epochs}}"]}}]
)yaml",
                                                 "main"));
  const FieldErrors tekton = FaultsOf(AnExperiment(R"yaml(
apiVersion: tekton.dev/v1
kind: PipelineRun
spec:
  pipelineSpec: {tasks: [{taskSpec: {steps: [{name: a, command: [run, $(params.lr)]}]}}]}
)yaml",
                                                   "step-a"));

  EXPECT_THAT(argo[0].field, HasSubstr(".spec.templates[0].container.command[1]"));
  EXPECT_THAT(tekton[0].message, HasSubstr("workflow engine"));
}

}  // namespace
}  // namespace hone::controller
