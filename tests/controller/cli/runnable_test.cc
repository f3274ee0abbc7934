#include "controller/cli/runnable.h"

#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/model/experiment.h"

namespace hone::controller {
namespace {

using ::testing::HasSubstr;

std::string ImageOf(const std::string& object, const std::string& name) {
  Experiment experiment;
  experiment.spec.trial_template = TrialTemplate{.trial_spec = object,
                                                 .primary_pod_labels = {{"role", "worker"}},
                                                 .primary_container_name = name};
  return ImageNote(experiment).value_or("");
}

TEST(Runnable, NamesTheImageOfTheContainerThatRuns) {
  // A container of the same name in another pod and among init containers, and a step of Tekton.
  constexpr const char* kReplicas = R"({"kind": "PyTorchJob", "spec": {"pytorchReplicaSpecs": {
      "Master": {"template": {"spec": {"containers": [{"name": "main", "image": "one"}]}}},
      "Worker": {"template": {"spec": {
        "initContainers": [{"name": "main", "image": "two"}],
        "containers": [{"name": "main", "image": "three"}]}}}}}})";
  constexpr const char* kTask =
      R"({"kind": "TaskRun", "spec": {"taskSpec": {"steps": [{"name": "fit", "image": "four"}]}}})";

  EXPECT_THAT(ImageOf(kReplicas, "main"), HasSubstr("the image three is ignored"));
  EXPECT_THAT(ImageOf(kTask, "step-fit"), HasSubstr("the image four is ignored"));
  EXPECT_EQ(ImageOf(kReplicas, "other"), "");
}

TEST(Runnable, SaysWhichCollectorsAreRead) {
  Experiment experiment;
  experiment.spec.metrics_collector = MetricsCollectorSpec{.kind = CollectorKind::kTensorFlowEvent};
  FieldErrors errors;

  CheckRunnable(experiment, errors);

  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].field, "spec.metricsCollectorSpec.collector.kind");
  EXPECT_EQ(errors[0].found, "TensorFlowEvent");
  EXPECT_THAT(errors[0].message, HasSubstr("reads StdOut and File"));
}

}  // namespace
}  // namespace hone::controller
