#include "controller/workload/render.h"

#include <chrono>
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

const char* const kPlainContainer = "        command: [run, \"${trialParameters.lr}\"]\n";

TEST(Rendering, NamesTheAttempt) {
  const Workload workload = RenderOrFail(AnExperiment(AJob(kPlainContainer), "main"), ATrial());

  EXPECT_EQ(workload.id.ToString(), "team/tune/7/2");
  EXPECT_EQ(workload.trial_name, "tune-7");
}

TEST(Rendering, NamesTheParentWhereTrialsGoOn) {
  Experiment experiment = AnExperiment(AJob(kPlainContainer), "main");
  Trial trial = ATrial();
  experiment.spec.algorithm = AlgorithmSpec{"random", {}};
  EXPECT_FALSE(RenderOrFail(experiment, trial).checkpoint.has_value());

  experiment.spec.algorithm = AlgorithmSpec{"pbt", {{"suggestion_trial_dir", "/ckpt"}}};
  const auto first = RenderOrFail(experiment, trial).checkpoint;
  trial.parent = 3;
  const auto child = RenderOrFail(experiment, trial).checkpoint;

  ASSERT_TRUE(first && child);
  EXPECT_EQ(first->parent_trial, "");
  EXPECT_EQ(first->mount_path, "/ckpt");
  EXPECT_EQ(child->parent_trial, "tune-3");
}

TEST(Rendering, SubstitutesTheWholeObjectInStringsOnly) {
  const std::string value = "a\"b\\c\n\xc3\xa9\xff\", \"x\": {}";
  const Experiment experiment = AnExperiment(R"yaml(
apiVersion: batch/v1
kind: Job
metadata: {labels: {rate: "r-${trialParameters.lr}"}, name: old}
spec:
  "${trialParameters.lr}": key
  number: 5
  none: null
  list: [1.50, true, "é${trialParameters.lr}\"", []]
  template: {spec: {containers: [{name: main, command: [run]}]}}
)yaml",
                                             "main");

  const Workload workload = RenderOrFail(experiment, ATrial({{"lr", value}}));
  const auto manifest = proto::ReadJson(workload.manifest);

  ASSERT_TRUE(manifest.has_value()) << workload.manifest;
  const std::string shown = "a\"b\\c\n\xc3\xa9\xef\xbf\xbd\", \"x\": {}";
  proto::Json wanted = FromYaml(R"yaml(
apiVersion: batch/v1
kind: Job
metadata: {labels: {rate: ""}, name: tune-7, namespace: team}
spec:
  "${trialParameters.lr}": key
  number: 5
  none: null
  list: [1.50, true, "", []]
  template: {spec: {containers: [{name: main, command: [run]}]}}
)yaml");
  wanted["metadata"]["labels"]["rate"] = "r-" + shown;
  wanted["spec"]["list"][2] = "é" + shown + "\"";
  EXPECT_EQ(*manifest, wanted);
}

TEST(Rendering, WritesTheManifestInItsCanonicalForm) {
  const Workload workload = RenderOrFail(AnExperiment(AJob(kPlainContainer), "main"), ATrial());

  const auto manifest = proto::ReadJson(workload.manifest);

  ASSERT_TRUE(manifest.has_value());
  EXPECT_EQ(workload.manifest, proto::WriteJson(*manifest));
}

TEST(Rendering, SubstitutesMetadataReferences) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"${trialSpec.Name}", "tune-7"},
      {"${trialSpec.Namespace}", "team"},
      {"${trialSpec.Kind}", "Job"},
      {"${trialSpec.APIVersion}", "batch/v1"},
      {"${trialSpec.Annotations[custom-key]}", "custom-annotation"},
      {"${trialSpec.Labels[custom-key]}", "custom-label"},
      {"lr", "0.01"},
  };
  for (const auto& [reference, wanted] : rows) {
    Experiment experiment = AnExperiment(
        AJob(kPlainContainer) +
            "metadata: {annotations: {custom-key: custom-annotation}, labels: {custom-key: "
            "custom-label}}\n",
        "main");
    experiment.spec.trial_template->trial_parameters->front().reference = reference;

    EXPECT_THAT(RenderOrFail(experiment, ATrial()).command, ElementsAre("run", wanted));
  }
}

TEST(WorkloadTemplate, RefusesReferencesThatTheTemplateDoesNotHave) {
  for (const std::string reference : {"${trialSpec.Labels[absent]}",
                                      "${trialSpec.Annotations[absent]}",
                                      "${trialSpec.Labels}",
                                      "${trialSpec.Labels[}",
                                      "${trialSpec.Spec[x]}",
                                      "${trialSpec.name}",
                                      "${trialSpec.}"}) {
    Experiment experiment = AnExperiment(AJob(kPlainContainer), "main");
    experiment.spec.trial_template->trial_parameters->front().reference = reference;

    const FieldErrors errors = FaultsOf(experiment);

    EXPECT_EQ(errors[0].field, "spec.trialTemplate.trialParameters[0].reference") << reference;
    EXPECT_EQ(errors[0].found, reference);
  }
}

TEST(Rendering, RefusesTrialsWithoutTheirValues) {
  FieldErrors errors;
  const auto made = WorkloadTemplate::Make(AnExperiment(AJob(kPlainContainer), "main"), errors);
  ASSERT_NE(made, nullptr);

  const auto missing = made->Render(ATrial({{"other", "1"}}));
  const auto with_nul = made->Render(ATrial({{"lr", std::string("1\0", 2)}}));

  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, Code::kInvalidArgument);
  EXPECT_THAT(missing.error().message, HasSubstr("tune-7: parameter lr"));
  ASSERT_FALSE(with_nul.has_value());
  EXPECT_THAT(with_nul.error().message, HasSubstr("NUL"));
}

struct LimitRow {
  const char* more;
  std::int64_t deadline;
  std::int64_t backoff;
  std::int64_t grace;
};

TEST(Rendering, ReadsTheLimitsOfAJob) {
  const LimitRow rows[] = {
      {"", 0, 0, 30},
      {"      terminationGracePeriodSeconds: 5\n", 0, 0, 5},
      {"      terminationGracePeriodSeconds: 0\n", 0, 0, 0},
      {"      activeDeadlineSeconds: 60\n", 60, 0, 30},
      {"      activeDeadlineSeconds: 60\n  activeDeadlineSeconds: 90\n", 90, 0, 30},
      {"  backoffLimit: 3\n", 0, 3, 30},
      {"  runPolicy: {backoffLimit: 2, activeDeadlineSeconds: 7}\n", 7, 2, 30},
      {"  backoffLimit: null\n", 0, 0, 30},
  };
  for (const LimitRow& row : rows) {
    const Workload workload =
        RenderOrFail(AnExperiment(AJob(kPlainContainer, row.more), "main"), ATrial());

    EXPECT_EQ(workload.active_deadline_seconds, row.deadline) << row.more;
    EXPECT_EQ(workload.backoff_limit, row.backoff) << row.more;
    EXPECT_EQ(workload.grace_period, std::chrono::seconds(row.grace)) << row.more;
  }
}

TEST(WorkloadTemplate, RefusesLimitsThatAreNoCount) {
  for (const std::string value : {"-1", "1.5", "soon", "99999999999", "[]"}) {
    const FieldErrors errors =
        FaultsOf(AnExperiment(AJob(kPlainContainer, "  backoffLimit: " + value + "\n"), "main"));

    EXPECT_EQ(errors[0].field, "spec.trialTemplate.trialSpec.spec.backoffLimit") << value;
  }
}

TEST(WorkloadTemplate, SaysWhichContainersThereAre) {
  const std::string two = AJob(kPlainContainer, "      - {name: sidecar, command: [x]}\n");

  const FieldErrors wrong = FaultsOf(AnExperiment(two, "training"));
  const FieldErrors absent = FaultsOf(AnExperiment(two, ""));
  const FieldErrors none = FaultsOf(AnExperiment("{kind: Job, spec: {}}", "training"));

  EXPECT_EQ(wrong[0],
            (FieldError{.type = FieldError::Type::kInvalid,
                        .field = "spec.trialTemplate.primaryContainerName",
                        .found = "training",
                        .message = "must be one of trialSpec's containers: main, sidecar"}));
  EXPECT_EQ(absent[0].type, FieldError::Type::kRequired);
  EXPECT_EQ(none[0].message, "trialSpec has no containers");
}

TEST(WorkloadTemplate, NeedsATrialSpecThatIsAnObject) {
  Experiment experiment = AnExperiment(AJob(kPlainContainer), "main");
  for (const std::string text : {"", "[]", "5", "{", "{\"a\":1} x"}) {
    experiment.spec.trial_template->trial_spec = text;

    EXPECT_EQ(FaultsOf(experiment)[0].field, "spec.trialTemplate") << text;
  }
  experiment.spec.trial_template->trial_spec = "";
  experiment.spec.trial_template->config_map = {.name = "map", .ns = "team", .template_path = "x"};
  EXPECT_THAT(FaultsOf(experiment)[0].message, HasSubstr("without a cluster"));
  experiment.spec.trial_template.reset();
  EXPECT_EQ(FaultsOf(experiment)[0].type, FieldError::Type::kRequired);
}

TEST(Rendering, SaysHowMetricsAreHeard) {
  Experiment experiment = AnExperiment(AJob(kPlainContainer), "main");
  experiment.spec.objective->additional_metric_names = {"accuracy", "auc"};
  experiment.spec.trial_template->retain = true;

  const Workload by_default = RenderOrFail(experiment, ATrial());

  EXPECT_EQ(by_default.metric_source.kind, CollectorKind::kStdOut);
  EXPECT_EQ(by_default.metric_source.format, MetricsFormat::kText);
  EXPECT_THAT(by_default.metric_source.metrics, ElementsAre("loss", "accuracy", "auc"));
  EXPECT_TRUE(by_default.retain);

  MetricsCollectorSpec& collector = experiment.spec.metrics_collector.emplace();
  collector.kind = CollectorKind::kFile;
  collector.metrics_format = {"(a)(b)"};
  collector.file_system_path = {
      .path = "/katib/m.json", .kind = PathKind::kFile, .format = MetricsFormat::kJson};

  const Workload by_file = RenderOrFail(experiment, ATrial());

  EXPECT_EQ(by_file.metric_source.kind, CollectorKind::kFile);
  EXPECT_EQ(by_file.metric_source.format, MetricsFormat::kJson);
  EXPECT_EQ(by_file.metric_source.path, "/katib/m.json");
  EXPECT_THAT(by_file.metric_source.filters, ElementsAre("(a)(b)"));
}

}  // namespace
}  // namespace hone::controller
