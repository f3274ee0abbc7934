#include "controller/workload/primary_container.h"

#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/controller/workload/templates.h"

namespace hone::controller {
namespace {

using ::testing::IsEmpty;

using Labels = std::map<std::string, std::string>;

/// The path of the primary container; "" if there is none.
std::string PathOfPrimary(const proto::Json& object,
                          const std::string& name,
                          const Labels& labels) {
  const ContainerSearch found = FindPrimary(object, name, labels);
  return found.primary ? found.primary->path : "";
}

std::string ReplicasOf(const std::string& kind,
                       const std::string& first,
                       const std::string& second) {
  std::string text = "{kind: " + kind + ", spec: {replicaSpecs: {";
  for (const std::string& replica : {first, second}) {
    text += replica + ": {template: {spec: {containers: [{name: train}]}}}, ";
  }
  return text + "}}}";
}

TEST(PrimaryContainer, IsFoundByNameAmongAPodsContainers) {
  const proto::Json job = FromYaml(R"yaml(
kind: Job
spec:
  template:
    spec:
      initContainers: [{name: main, image: not-this-one}]
      containers: [{name: sidecar}, {name: main}]
)yaml");

  EXPECT_EQ(PathOfPrimary(job, "main", {}), ".spec.template.spec.containers[1]");
  EXPECT_EQ(PathOfPrimary(job, "absent", {}), "");
}

TEST(PrimaryContainer, IsThatOfThePodsWithTheLabels) {
  const proto::Json set = FromYaml(R"yaml(
kind: Any
spec:
  jobs:
  - template: {metadata: {labels: {role: driver, app: one}}, spec: {containers: [{name: main}]}}
  - template: {metadata: {labels: {role: worker, app: one}}, spec: {containers: [{name: main}]}}
  - template: {metadata: {labels: {role: worker, app: two}}, spec: {containers: [{name: main}]}}
)yaml");

  EXPECT_EQ(PathOfPrimary(set, "main", {}), ".spec.jobs[0].template.spec.containers[0]");
  EXPECT_EQ(PathOfPrimary(set, "main", {{"role", "worker"}}),
            ".spec.jobs[1].template.spec.containers[0]");
  EXPECT_EQ(PathOfPrimary(set, "main", {{"role", "worker"}, {"app", "two"}}),
            ".spec.jobs[2].template.spec.containers[0]");
  EXPECT_EQ(PathOfPrimary(set, "main", {{"set-at", "run-time"}}),
            ".spec.jobs[0].template.spec.containers[0]");
}

TEST(PrimaryContainer, IsThatOfTheReplicaThatALabelOfTheOperatorNames) {
  const Labels master = {{"training.kubeflow.org/job-role", "master"}};
  const Labels worker = {{"training.kubeflow.org/replica-type", "worker"}};
  const struct {
    std::string object;
    Labels labels;
    const char* replica;
  } rows[] = {
      {ReplicasOf("PyTorchJob", "Master", "Worker"), master, "Master"},
      {ReplicasOf("PyTorchJob", "Master", "Worker"), worker, "Worker"},
      {ReplicasOf("XGBoostJob", "Worker", "Master"), master, "Master"},
      {ReplicasOf("TFJob", "Chief", "Worker"), master, "Chief"},
      {ReplicasOf("TFJob", "Worker", "PS"), worker, "Worker"},
      {ReplicasOf("MPIJob", "Launcher", "Worker"), master, "Launcher"},
      {ReplicasOf("MPIJob", "Worker", "Launcher"), {{"mpi-job-role", "launcher"}}, "Launcher"},
      {ReplicasOf("TFJob", "Worker", "PS"), master, "PS"},
      {ReplicasOf("TFJob", "Worker", "PS"), {}, "PS"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(PathOfPrimary(FromYaml(row.object), "train", row.labels),
              ".spec.replicaSpecs." + std::string(row.replica) + ".template.spec.containers[0]")
        << row.object;
  }
}

TEST(PrimaryContainer, IsFoundInWorkflows) {
  const proto::Json argo = FromYaml(R"yaml(
kind: Workflow
spec:
  templates:
  - name: all
    steps: [[{name: train, template: training}]]
  - name: prepare
    script: {image: python, command: [python], source: "print(1)"}
  - name: other
    container: {image: other}
  - name: training
    metadata: {labels: {model-training: "true"}}
    container: {name: trainer, image: x}
)yaml");
  const proto::Json tekton = FromYaml(R"yaml(
kind: PipelineRun
spec:
  pipelineSpec:
    tasks:
    - {name: prepare, taskSpec: {steps: [{name: run}]}}
    - {name: train, taskSpec: {steps: [{name: run}]}}
)yaml");
  const proto::Json train_job = FromYaml("{kind: TrainJob, spec: {trainer: {image: x}}}");

  EXPECT_EQ(PathOfPrimary(argo, "main", {{"model-training", "true"}}),
            ".spec.templates[3].container");
  EXPECT_EQ(PathOfPrimary(argo, "trainer", {}), ".spec.templates[3].container");
  EXPECT_EQ(PathOfPrimary(tekton, "step-run", {{"tekton.dev/pipelineTask", "train"}}),
            ".spec.pipelineSpec.tasks[1].taskSpec.steps[0]");
  EXPECT_EQ(PathOfPrimary(train_job, "node", {}), ".spec.trainer");
}

TEST(PrimaryContainer, IsNotFoundInObjectsOfAnotherShape) {
  for (const std::string text : {"[]",
                                 "text",
                                 "{}",
                                 "{spec: {containers: {name: main}}}",
                                 "{spec: {containers: [main, {name: 5}, {}, null]}}",
                                 "{spec: {containers: [{name: \"\"}], steps: [[{name: main}]]}}",
                                 "{spec: {container: main, steps: main, trainer: {name: node}}}",
                                 "{metadata: {labels: [main]}, spec: null}"}) {
    const ContainerSearch found = FindPrimary(FromYaml(text), "main", {});

    EXPECT_FALSE(found.primary.has_value()) << text;
    EXPECT_THAT(found.names, IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace hone::controller
