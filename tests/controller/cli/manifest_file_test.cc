#include "controller/cli/manifest_file.h"

#include <string>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/job_template.h"

namespace hone::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

const std::string kValid = R"(apiVersion: kubeflow.org/v1beta1
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
)" + JobTemplate(R"(["train", "${trialParameters.lr}"])");

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(ManifestFile, AdmitsAValidExperiment) {
  const Manifest manifest = ReadManifest("a.yaml", kValid);

  EXPECT_EQ(manifest.errors(), 0U) << manifest.diagnostics.front().ToString();
  ASSERT_EQ(manifest.experiments.size(), 1U);
  EXPECT_EQ(manifest.experiments[0].key.name, "valid");
}

TEST(ManifestFile, ShowsWhereEveryFaultIs) {
  std::string text = Replaced(kValid, "maximize", "maximise");
  text = Replaced(text, "max: \"0.5\"", "max: \"0.05\"");

  const Manifest manifest = ReadManifest("a.yaml", text);

  ASSERT_EQ(manifest.errors(), 2U);
  EXPECT_THAT(manifest.diagnostics[0].ToString(), StartsWith("a.yaml:6:15: spec.objective.type: "));
  EXPECT_THAT(manifest.diagnostics[0].ToString(), HasSubstr("maximise"));
  EXPECT_THAT(manifest.diagnostics[1].ToString(), StartsWith("a.yaml:12:"));
  EXPECT_EQ(CountFaults(manifest.errors(), manifest.warnings()), "2 errors");
}

TEST(ManifestFile, WarnsOfUnknownFieldsAndOtherKinds) {
  const std::string text = Replaced(kValid, "maxTrialCount", "maxTrialCnt") +
                           "---\nkind: ConfigMap\napiVersion: v1\n---\n";

  const Manifest manifest = ReadManifest("a.yaml", text);

  EXPECT_EQ(manifest.errors(), 0U);
  ASSERT_EQ(manifest.warnings(), 2U);
  EXPECT_THAT(manifest.diagnostics[0].ToString(),
              StartsWith("a.yaml:8:3: warning: spec.maxTrialCnt: "));
  EXPECT_THAT(manifest.diagnostics[1].ToString(), HasSubstr("ConfigMap"));
}

TEST(ManifestFile, TakesAKindOfAnotherCaseForASlip) {
  const Manifest manifest =
      ReadManifest("a.yaml", Replaced(kValid, "kind: Experiment", "kind: experiment"));

  ASSERT_EQ(manifest.diagnostics.size(), 1U);
  EXPECT_EQ(manifest.diagnostics[0].ToString(),
            "a.yaml:2:1: kind: must be Experiment (found \"experiment\")");
}

TEST(ManifestFile, PlacesAFaultOfTheSyntaxToo) {
  const Manifest manifest = ReadManifest("a.yaml", "kind: Experiment\nspec: [1, 2\n");

  ASSERT_EQ(manifest.errors(), 1U);
  EXPECT_THAT(manifest.diagnostics[0].ToString(), MatchesRegex("a.yaml:[0-9]+:[0-9]+: .*"));
}

TEST(ManifestFile, RefusesAFileWithoutAnExperiment) {
  for (const char* text : {"", "---\n---\n", "kind: Job\n"}) {
    EXPECT_EQ(ReadManifest("a.yaml", text).errors(), 1U) << text;
  }
}

TEST(ManifestFile, ShowsWhatCannotRunHereBesideAllOtherFaults) {
  std::string text = Replaced(kValid, "primaryContainerName: main", "primaryContainerName: man");
  text = Replaced(text, "  maxTrialCount: 4", "  maxTrialCount: 0");
  text = Replaced(text,
                  "  trialTemplate:",
                  "  metricsCollectorSpec: {collector: {kind: Push}}\n  trialTemplate:");

  const Manifest manifest = ReadManifest("a.yaml", text);

  std::vector<std::string> found;
  for (const Diagnostic& diagnostic : manifest.diagnostics) {
    found.push_back(diagnostic.ToString());
  }
  EXPECT_THAT(found,
              ElementsAre(StartsWith("a.yaml:5:1: spec.parallelTrialCount: "),
                          StartsWith("a.yaml:8:3: spec.maxTrialCount: "),
                          StartsWith("a.yaml:13:38: spec.metricsCollectorSpec.collector.kind: "),
                          StartsWith("a.yaml:15:5: spec.trialTemplate.primaryContainerName: ")));
}

TEST(ManifestFile, PlacesFaultsInsideTheTemplate) {
  const std::pair<const char*, const char*> rows[] = {
      {"command: [\"train\", \"${trialParameters.lr}\", 3.10]", "a.yaml:26:61: "},
      {"command: [\"train\", \"${trialParameters.lr}\", \"${trialParameters.x}\"]",
       "a.yaml:26:61: "},
      {"args: [\"${trialParameters.lr}\"]", "a.yaml:25:17: "},
  };
  for (const auto& [container, start] : rows) {
    const Manifest manifest = ReadManifest(
        "a.yaml", Replaced(kValid, "command: [\"train\", \"${trialParameters.lr}\"]", container));

    ASSERT_EQ(manifest.errors(), 1U) << container;
    EXPECT_THAT(manifest.diagnostics[0].ToString(), StartsWith(start));
  }
}

TEST(ManifestFile, IsChangedByFlags) {
  InlineFlags flags;
  flags.trials = 9;
  flags.parallel = 2;
  flags.goal = 0.5;
  flags.algorithm = "tpe";
  flags.seed = 7;
  flags.time = "2h";
  flags.timeout = "2m";
  flags.retries = 1;
  flags.working_directory = "/tmp";
  flags.parameters = {"lr=loguniform:0.2..0.3"};
  flags.metrics = {"loss"};

  const Manifest manifest = ReadManifest("a.yaml", kValid, flags);

  ASSERT_EQ(manifest.errors(), 0U) << manifest.diagnostics.front().ToString();
  const ExperimentSpec& spec = manifest.experiments[0].spec;
  EXPECT_EQ(spec.max_trial_count, 9);
  EXPECT_EQ(spec.parallel_trial_count, 2);
  EXPECT_EQ(spec.max_duration_seconds, 7200);
  EXPECT_EQ(spec.objective->goal, 0.5);
  EXPECT_EQ(spec.objective->metric_name, "accuracy");
  EXPECT_THAT(spec.objective->additional_metric_names, ElementsAre("loss"));
  EXPECT_EQ(spec.algorithm, (AlgorithmSpec{"tpe", {{"random_state", "7"}}}));
  EXPECT_EQ(spec.parameters[0].feasible_space.min, "0.2");
  EXPECT_EQ(spec.parameters[0].feasible_space.distribution, Distribution::kLogUniform);
  for (const char* part :
       {"\"activeDeadlineSeconds\":120", "\"backoffLimit\":1", "\"workingDir\":\"/tmp\""}) {
    EXPECT_THAT(spec.trial_template->trial_spec, HasSubstr(part));
  }
}

TEST(ManifestFile, RunsFewerTrialsAtOnceIfAFlagWantsFewerInAll) {
  const std::string text =
      Replaced(kValid, "  maxTrialCount: 4", "  maxTrialCount: 9\n  maxFailedTrialCount: 5");

  const Manifest fewer = ReadManifest("a.yaml", text, {.trials = 2});
  const Manifest more = ReadManifest("a.yaml", text, {.trials = 20});

  ASSERT_EQ(fewer.errors(), 0U) << fewer.diagnostics.front().ToString();
  EXPECT_EQ(fewer.experiments[0].spec.parallel_trial_count, 2);
  EXPECT_EQ(fewer.experiments[0].spec.max_failed_trial_count, 2);
  EXPECT_EQ(more.experiments[0].spec.parallel_trial_count, 3);
  EXPECT_EQ(more.experiments[0].spec.max_failed_trial_count, 5);
}

TEST(ManifestFile, KeepsSettingsOfTheSameAlgorithmOnly) {
  const std::string text =
      Replaced(kValid, "random}", "random, algorithmSettings: [{name: random_state, value: 3}]}");

  const Manifest same = ReadManifest("a.yaml", text, {.algorithm = "random"});
  const Manifest other = ReadManifest("a.yaml", text, {.algorithm = "sobol"});

  EXPECT_EQ(same.experiments[0].spec.algorithm, (AlgorithmSpec{"random", {{"random_state", "3"}}}));
  EXPECT_EQ(other.experiments[0].spec.algorithm, (AlgorithmSpec{"sobol", {}}));
}

TEST(ManifestFile, NamesTheFlagThatIsWrong) {
  const std::pair<InlineFlags, const char*> rows[] = {
      {{.trials = 0}, "--trials: spec.maxTrialCount: must be at least 1"},
      {{.parameters = {"rl=int:1..2"}}, "-p rl: the manifest has no parameter of this name"},
      {{.parameters = {"lr=int:1"}}, "-p lr=int:1: write a range"},
      {{.settings = {"x"}}, "--set x: write KEY=VALUE"},
      {{.time = "soon"}, "--time soon: write a duration"},
      {{.settings = {"x=1"}}, "--set: spec.algorithm.algorithmSettings[0]"},
      {{.timeout = "soon"}, "--timeout soon: write a duration"},
  };
  for (const auto& [flags, start] : rows) {
    const Manifest manifest = ReadManifest("a.yaml", kValid, flags);

    ASSERT_GT(manifest.errors(), 0U) << start;
    EXPECT_THAT(manifest.diagnostics[0].ToString(), StartsWith(start));
  }
}

TEST(ManifestFile, RefusesAFlagWhoseFieldCannotBeSet) {
  const std::string container = "command: [\"train\", \"${trialParameters.lr}\"]";
  const std::string text = "kind: Experiment\nmetadata: {name: a}\nspec: text\n";
  const std::tuple<std::string, InlineFlags, const char*> rows[] = {
      {text, {.time = "2h"}, "--time: it sets spec.maxDurationSeconds, but spec is no object"},
      {text, {.retries = 1}, "--retries: it sets spec.trialTemplate.trialSpec.spec.backoffLimit"},
      {text, {.metrics = {"loss"}}, "--metric: it sets spec.objective.additionalMetricNames"},
      {text, {.working_directory = "/tmp"}, "--working-directory: there is no primary container"},
      {text, {.gpus_per_trial = 1}, "--gpus-per-trial: there is no primary container"},
      {Replaced(kValid, container, container + "\n                resources: 5"),
       {.gpus_per_trial = 1},
       "--gpus-per-trial: spec.trialTemplate.trialSpec.spec.template.spec.containers[0].resources "
       "is no object"},
      {Replaced(kValid, container, container + "\n                resources: {limits: [1]}"),
       {.gpus_per_trial = 1},
       "--gpus-per-trial: spec.trialTemplate.trialSpec.spec.template.spec.containers[0].resources."
       "limits is no object"},
      {Replaced(kValid, "  parameters:\n", "  parameters: text\n  others:\n"),
       {.parameters = {"lr=int:1..2"}},
       "-p lr: spec.parameters is no list"},
  };
  for (const auto& [manifest, flags, start] : rows) {
    const Manifest read = ReadManifest("a.yaml", manifest, flags);

    ASSERT_GT(read.errors(), 0U) << start;
    EXPECT_THAT(read.diagnostics[0].ToString(), StartsWith(start));
  }
}

TEST(ManifestFile, TakesANameFromTheFlagThoughItHasNoMetadata) {
  const std::string text = Replaced(kValid, "metadata:\n  name: valid\n", "");

  const Manifest good = ReadManifest("a.yaml", text, {.name = "good"});
  const Manifest bad = ReadManifest("a.yaml", text, {.name = "Not Good"});

  ASSERT_EQ(good.errors(), 0U) << good.diagnostics.front().ToString();
  EXPECT_EQ(good.experiments[0].key.name, "good");
  ASSERT_EQ(bad.errors(), 1U);
  EXPECT_THAT(bad.diagnostics[0].ToString(), StartsWith("--name: metadata.name: "));
}

TEST(ManifestFile, TakesANameFromTheFlagOrMakesOneFromItsPrefix) {
  const Manifest named = ReadManifest("a.yaml", kValid, {.name = "other"});
  const Manifest made =
      ReadManifest("a.yaml", Replaced(kValid, "name: valid", "generateName: made-"));

  EXPECT_EQ(named.experiments[0].key.name, "other");
  EXPECT_EQ(made.errors(), 0U) << made.diagnostics.front().ToString();
  EXPECT_THAT(made.experiments[0].key.name, MatchesRegex("made-[a-z0-9]+"));
}

}  // namespace
}  // namespace hone::controller
