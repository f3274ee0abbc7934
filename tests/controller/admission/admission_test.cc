// Cases that the corpus of manifests cannot contain: specs that no manifest can express, and
// combinations of faults of reading and of validation.
#include "controller/admission/admission.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/convert/manifest.h"
#include "proto/model/experiment.h"

namespace hone::controller {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Type = FieldError::Type;

MATCHER_P2(IsFault, type, field, "") {
  return arg.type == type && arg.field == field;
}

// The smallest manifest that is accepted.
proto::Json Manifest() {
  return proto::Json::parse(R"({
    "apiVersion": "kubeflow.org/v1beta1",
    "kind": "Experiment",
    "metadata": {"name": "digits"},
    "spec": {
      "objective": {"type": "minimize", "objectiveMetricName": "loss"},
      "algorithm": {"algorithmName": "random"},
      "parameters": [
        {"name": "lr", "parameterType": "double", "feasibleSpace": {"min": "0.1", "max": "1"}}],
      "trialTemplate": {
        "primaryContainerName": "train",
        "trialParameters": [{"name": "rate", "reference": "lr"}],
        "trialSpec": {
          "apiVersion": "batch/v1",
          "kind": "Job",
          "spec": {"template": {"spec": {"containers": [
            {"name": "train", "args": ["${trialParameters.rate}"]}]}}}}}}})");
}

FieldErrors FaultsOf(const proto::Json& manifest) {
  FieldErrors errors;
  (void)Admit(manifest, errors);
  return errors;
}

TEST(Admission, TakesAStudyWithoutAWorkloadAndWithoutABound) {
  proto::Json manifest = Manifest();
  manifest["spec"].erase("trialTemplate");
  FieldErrors errors;

  const Experiment study = AdmitStudy(manifest, errors);

  EXPECT_THAT(errors, IsEmpty());
  EXPECT_TRUE(study.IsStudy());
  EXPECT_EQ(study.spec.parallel_trial_count, std::nullopt);
  EXPECT_EQ(study.spec.metrics_collector, std::nullopt);
  EXPECT_EQ(study.spec.resume_policy, ResumePolicy::kLongRunning);
  EXPECT_EQ(study.spec.objective->StrategyOf("loss"), MetricStrategy::kMin);
}

TEST(Admission, RefusesAWorkloadInAStudy) {
  proto::Json manifest = Manifest();
  manifest["spec"]["metricsCollectorSpec"] = {{"collector", {{"kind", "StdOut"}}}};
  manifest["spec"]["objective"]["type"] = "largest";
  manifest["spec"]["maxDurationSeconds"] = 60;
  FieldErrors errors;

  (void)AdmitStudy(manifest, errors);

  EXPECT_THAT(errors,
              ElementsAre(IsFault(Type::kInvalid, "spec.objective.type"),
                          IsFault(Type::kForbidden, "spec.trialTemplate"),
                          IsFault(Type::kForbidden, "spec.metricsCollectorSpec"),
                          IsFault(Type::kForbidden, "spec.maxDurationSeconds")));
}

TEST(Admission, AcceptsTheSmallestManifestWithItsDefaultsSet) {
  FieldErrors errors;

  const Experiment experiment = Admit(Manifest(), errors);

  EXPECT_THAT(errors, IsEmpty());
  EXPECT_EQ(experiment.key.ToString(), "default/digits");
  EXPECT_EQ(experiment.spec.parallel_trial_count, 3);
}

TEST(Admission, ReportsEveryFaultOfAnEmptyExperiment) {
  EXPECT_THAT(ValidateCreate(Experiment()),
              ElementsAre(IsFault(Type::kInvalid, "metadata.name"),
                          IsFault(Type::kRequired, "spec.objective"),
                          IsFault(Type::kRequired, "spec"),
                          IsFault(Type::kRequired, "spec.algorithm"),
                          IsFault(Type::kInvalid, "spec.resumePolicy"),
                          IsFault(Type::kRequired, "spec.trialTemplate"),
                          IsFault(Type::kInvalid, "spec.metricsCollectorSpec.collector.kind")));
}

TEST(Admission, RefusesAFilterBesideAFormatThatSaysItself) {
  FieldErrors errors;
  Experiment experiment = Admit(Manifest(), errors);
  MetricsCollectorSpec& collector = *experiment.spec.metrics_collector;
  collector.metrics_format = {R"((\w+): (\d+))"};
  collector.file_system_path = {"", PathKind::kFile, MetricsFormat::kKeras};

  EXPECT_THAT(ValidateCreate(experiment),
              ElementsAre(IsFault(Type::kInvalid, "spec.metricsCollectorSpec.source.filter")));
}

TEST(Admission, RefusesAGoalThatNoValueReaches) {
  FieldErrors errors;
  Experiment experiment = Admit(Manifest(), errors);

  for (const double goal :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    experiment.spec.objective->goal = goal;
    EXPECT_THAT(ValidateCreate(experiment),
                ElementsAre(IsFault(Type::kInvalid, "spec.objective.goal")));
  }
}

TEST(Admission, DoesNotAlsoReportAnUnreadableFieldAsMissing) {
  proto::Json manifest = Manifest();
  manifest["spec"]["objective"] = "loss";
  manifest["spec"]["parameters"][0]["feasibleSpace"]["max"] = proto::Json::array();

  EXPECT_THAT(FaultsOf(manifest),
              ElementsAre(IsFault(Type::kInvalid, "spec.parameters[0].feasibleSpace.max"),
                          IsFault(Type::kInvalid, "spec.objective")));
}

TEST(Admission, SaysWhichAlgorithmWasMeant) {
  proto::Json manifest = Manifest();
  manifest["spec"]["algorithm"]["algorithmName"] = "Sobl";

  const FieldErrors errors = FaultsOf(manifest);

  ASSERT_EQ(errors.size(), 1u);
  EXPECT_THAT(errors[0].message, HasSubstr("did you mean \"sobol\"?"));
}

TEST(Admission, FollowsReferencesWhereverAStringStands) {
  proto::Json manifest = Manifest();
  proto::Json& source = manifest["spec"]["trialTemplate"];
  source["trialParameters"].push_back(
      {{"name", "team"}, {"reference", "${trialSpec.Labels[a/b]}"}});
  source["trialSpec"]["metadata"]["labels"] = {{"a/b", "vision"}, {"c", "${trialParameters.team}"}};

  EXPECT_THAT(FaultsOf(manifest), IsEmpty());
}

TEST(Admission, IgnoresTextThatOnlyLooksLikeAPlaceholder) {
  proto::Json manifest = Manifest();
  manifest["spec"]["trialTemplate"]["trialSpec"]["metadata"]["annotations"] = {
      {"a", "${trialParameters."}, {"b", "${trialParameters.}"}, {"c", "$(trialParameters.x)"}};

  EXPECT_THAT(FaultsOf(manifest), IsEmpty());
}

TEST(Admission, BoundsItsAnswerToATemplateOfManyFaults) {
  proto::Json manifest = Manifest();
  proto::Json& container =
      manifest["spec"]["trialTemplate"]["trialSpec"]["spec"]["template"]["spec"]["containers"][0];
  for (int i = 0; i < 5000; ++i) {
    container["unknown" + std::to_string(i)] = "${trialParameters.p" + std::to_string(i) + "}";
  }

  const FieldErrors errors = FaultsOf(manifest);

  EXPECT_GT(errors.size(), 10u);
  EXPECT_LT(errors.size(), 200u);
}

}  // namespace
}  // namespace hone::controller
