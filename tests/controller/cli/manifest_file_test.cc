#include "controller/cli/manifest_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::controller {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

constexpr const char* kValid = R"(apiVersion: kubeflow.org/v1beta1
kind: Experiment
metadata:
  name: valid
spec:
  objective: {type: maximize, objectiveMetricName: accuracy}
  algorithm: {algorithmName: random}
  maxTrialCount: 4
  parameters:
    - name: lr
      parameterType: double
      feasibleSpace: {min: "0.1", max: "0.5"}
  trialTemplate:
    primaryContainerName: main
    trialParameters:
      - {name: lr, reference: lr}
    trialSpec:
      apiVersion: batch/v1
      kind: Job
      spec:
        template:
          spec:
            restartPolicy: Never
            containers:
              - name: main
                command: ["train", "${trialParameters.lr}"]
)";

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(ManifestFile, AdmitsAValidExperiment) {
  const Manifest manifest = ReadManifest("a.yaml", kValid, std::nullopt);

  EXPECT_EQ(manifest.errors(), 0U) << manifest.diagnostics.front().ToString();
  ASSERT_EQ(manifest.experiments.size(), 1U);
  EXPECT_EQ(manifest.experiments[0].key.name, "valid");
}

TEST(ManifestFile, ShowsWhereEveryFaultIs) {
  std::string text = Replaced(kValid, "maximize", "maximise");
  text = Replaced(text, "max: \"0.5\"", "max: \"0.05\"");

  const Manifest manifest = ReadManifest("a.yaml", text, std::nullopt);

  ASSERT_EQ(manifest.errors(), 2U);
  EXPECT_THAT(manifest.diagnostics[0].ToString(), StartsWith("a.yaml:6:15: spec.objective.type: "));
  EXPECT_THAT(manifest.diagnostics[0].ToString(), HasSubstr("maximise"));
  EXPECT_THAT(manifest.diagnostics[1].ToString(), StartsWith("a.yaml:12:"));
  EXPECT_EQ(CountFaults(manifest.errors(), manifest.warnings()), "2 errors");
}

TEST(ManifestFile, WarnsOfUnknownFieldsAndOtherKinds) {
  const std::string text = Replaced(kValid, "maxTrialCount", "maxTrialCnt") +
                           "---\nkind: ConfigMap\napiVersion: v1\n---\n";

  const Manifest manifest = ReadManifest("a.yaml", text, std::nullopt);

  EXPECT_EQ(manifest.errors(), 0U);
  ASSERT_EQ(manifest.warnings(), 2U);
  EXPECT_THAT(manifest.diagnostics[0].ToString(),
              StartsWith("a.yaml:8:3: warning: spec.maxTrialCnt: "));
  EXPECT_THAT(manifest.diagnostics[1].ToString(), HasSubstr("ConfigMap"));
}

TEST(ManifestFile, PlacesAFaultOfTheSyntaxToo) {
  const Manifest manifest = ReadManifest("a.yaml", "kind: Experiment\nspec: [1, 2\n", std::nullopt);

  ASSERT_EQ(manifest.errors(), 1U);
  EXPECT_THAT(manifest.diagnostics[0].ToString(), MatchesRegex("a.yaml:[0-9]+:[0-9]+: .*"));
}

TEST(ManifestFile, RefusesAFileWithoutAnExperiment) {
  for (const char* text : {"", "---\n---\n", "kind: Job\n"}) {
    EXPECT_EQ(ReadManifest("a.yaml", text, std::nullopt).errors(), 1U) << text;
  }
}

TEST(ManifestFile, TakesANameFromTheFlagOrMakesOneFromItsPrefix) {
  const Manifest named = ReadManifest("a.yaml", kValid, "other");
  const Manifest made =
      ReadManifest("a.yaml", Replaced(kValid, "name: valid", "generateName: made-"), std::nullopt);

  EXPECT_EQ(named.experiments[0].key.name, "other");
  EXPECT_EQ(made.errors(), 0U) << made.diagnostics.front().ToString();
  EXPECT_THAT(made.experiments[0].key.name, MatchesRegex("made-[a-z0-9]+"));
}

}  // namespace
}  // namespace hone::controller
