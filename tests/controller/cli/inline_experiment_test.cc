#include "controller/cli/inline_experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/admission/admission.h"
#include "proto/convert/document.h"
#include "proto/convert/manifest.h"
#include "proto/model/experiment.h"

namespace hone::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct ParameterRow {
  std::string text;
  ParameterType type;
  Distribution distribution;
  std::string min;
  std::string max;
  std::string step;
  std::vector<std::string> list;
};

const std::vector<ParameterRow> kParameterRows = {
    {"lr=loguniform:1e-4..1e-1",
     ParameterType::kDouble,
     Distribution::kLogUniform,
     "1e-4",
     "1e-1",
     "",
     {}},
    {"d=uniform:0..1", ParameterType::kDouble, Distribution::kUniform, "0", "1", "", {}},
    {"d=uniform:0..1/0.1", ParameterType::kDouble, Distribution::kUniform, "0", "1", "0.1", {}},
    {"d=uniform:-1.5..-.5", ParameterType::kDouble, Distribution::kUniform, "-1.5", "-.5", "", {}},
    {"n=int:1..4", ParameterType::kInt, Distribution::kUniform, "1", "4", "", {}},
    {"n=int:16..256/16", ParameterType::kInt, Distribution::kUniform, "16", "256", "16", {}},
    {"n=logint:1..1024", ParameterType::kInt, Distribution::kLogUniform, "1", "1024", "", {}},
    {"x=normal:0..1", ParameterType::kDouble, Distribution::kNormal, "0", "1", "", {}},
    {"x=lognormal:1..9", ParameterType::kDouble, Distribution::kLogNormal, "1", "9", "", {}},
    {"act=relu,tanh",
     ParameterType::kCategorical,
     Distribution::kUnset,
     "",
     "",
     "",
     {"relu", "tanh"}},
    {"act=choice:relu", ParameterType::kCategorical, Distribution::kUnset, "", "", "", {"relu"}},
    {"url=http://a,http://b",
     ParameterType::kCategorical,
     Distribution::kUnset,
     "",
     "",
     "",
     {"http://a", "http://b"}},
    {"act=relu, tanh ",
     ParameterType::kCategorical,
     Distribution::kUnset,
     "",
     "",
     "",
     {"relu", "tanh"}},
    {"lr=0.1,0.010,1e-3",
     ParameterType::kDiscrete,
     Distribution::kUnset,
     "",
     "",
     "",
     {"0.1", "0.010", "1e-3"}},
    {"d=uniform: 0 .. 1 / 0.1",
     ParameterType::kDouble,
     Distribution::kUniform,
     "0",
     "1",
     "0.1",
     {}},
    {"bs=discrete:16,32", ParameterType::kDiscrete, Distribution::kUnset, "", "", "", {"16", "32"}},
};

TEST(InlineExperiment, ReadsEveryKindOfParameter) {
  for (const ParameterRow& row : kParameterRows) {
    const Result<ParameterSpec> parameter = ParseParameter(row.text);

    ASSERT_TRUE(parameter) << row.text << ": " << parameter.error().message;
    const FeasibleSpace& space = parameter->feasible_space;
    EXPECT_EQ(parameter->type, row.type) << row.text;
    EXPECT_EQ(space.distribution, row.distribution) << row.text;
    EXPECT_EQ(space.min, row.min) << row.text;
    EXPECT_EQ(space.max, row.max) << row.text;
    EXPECT_EQ(space.step, row.step) << row.text;
    EXPECT_EQ(space.list, row.list) << row.text;
  }
}

TEST(InlineExperiment, ReadsTheConditionOfAParameter) {
  const Result<ParameterSpec> one = ParseParameter("m=uniform:0..1 if opt=sgd");
  const Result<ParameterSpec> two = ParseParameter("act=a if b,c if opt=sgd,adam");

  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ(one->active_when, (ActiveWhen{"opt", {"sgd"}}));
  EXPECT_EQ(one->feasible_space.max, "1");
  ASSERT_TRUE(two) << two.error().message;
  EXPECT_EQ(two->active_when, (ActiveWhen{"opt", {"sgd", "adam"}}));
  EXPECT_THAT(two->feasible_space.list, ElementsAre("a if b", "c"));
  EXPECT_EQ(ParseParameter("m=uniform:0..1")->active_when, std::nullopt);
}

TEST(InlineExperiment, SaysWhatIsWrongWithAParameter) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"lr", "NAME=SPEC"},
      {"=uniform:0..1", "NAME=SPEC"},
      {"lr=", "several values"},
      {"lr=0.1", "several values"},
      {"lr=0..1", "needs its kind"},
      {"lr=logunifrom:1..2", "did you mean \"loguniform\""},
      {"lr=uniform:1", "uniform:MIN..MAX"},
      {"lr=uniform:..1", "uniform:MIN..MAX"},
      {"lr=uniform:0..1/", "uniform:MIN..MAX"},
      {"act=relu,,tanh", "empty"},
      {"bs=discrete:", "empty"},
      {"x=[1, 2,3]", "without brackets: -p x=1,2,3"},
      {"x=['a','b']", "without brackets: -p x=a,b"},
      {"x=choice:[a]", "without brackets: -p x=choice:a"},
      {"x=uniform(0,1)", "with a colon and no brackets"},
      {"a{b=int:1..2", "has a brace"},
      {"a =int:1..2", "a blank at an end"},
      {"a\x1b[1m=int:1..2", "cannot be printed"},
      {"m=uniform:0..1 if opt", "if PARENT=VALUE"},
      {"m=uniform:0..1 if opt=", "if PARENT=VALUE"},
      {"m=uniform:0..1 if =sgd", "if PARENT=VALUE"},
  };
  for (const auto& [text, part] : rows) {
    const Result<ParameterSpec> parameter = ParseParameter(text);

    ASSERT_FALSE(parameter) << text;
    EXPECT_THAT(parameter.error().message, HasSubstr(part)) << text;
  }
}

TEST(InlineExperiment, ReplacesParametersAndLeavesOtherBracesAlone) {
  std::vector<std::string> used;

  const auto words = ReplaceParameters({"--lr={lr}",
                                        "{lr}{n}",
                                        "{\"a\": {\"b\": 1}}",
                                        "${lr}",
                                        "{{lr}}",
                                        "{}",
                                        "{1..3}",
                                        "f() { echo; }"},
                                       {"lr", "n"},
                                       used);

  ASSERT_TRUE(words) << words.error().message;
  EXPECT_THAT(*words,
              ElementsAre("--lr=${trialParameters.lr}",
                          "${trialParameters.lr}${trialParameters.n}",
                          "{\"a\": {\"b\": 1}}",
                          "${lr}",
                          "{lr}",
                          "{}",
                          "{1..3}",
                          "f() { echo; }"));
  EXPECT_THAT(used, ElementsAre("lr", "lr", "n"));
}

TEST(InlineExperiment, PlacesEveryNameThatAParameterMayHave) {
  const std::vector<std::string> names = {
      "model/lr", "--lr", "2nd_moment", "größe", "optimizer@opt", "my lr", "a.b-c", "x:y"};
  for (const std::string& name : names) {
    std::vector<std::string> used;

    const auto parameter = ParseParameter(name + "=int:1..2");
    const auto words = ReplaceParameters({"a={" + name + "}b", "{{1}}"}, {name}, used);

    ASSERT_TRUE(parameter) << parameter.error().message;
    EXPECT_EQ(parameter->name, name);
    ASSERT_TRUE(words) << words.error().message;
    EXPECT_THAT(*words, ElementsAre("a=${trialParameters." + name + "}b", "{{1}}"));
    EXPECT_THAT(used, ElementsAre(name));
  }
}

TEST(InlineExperiment, SaysWhatABraceWasProbablyMeantToBe) {
  const std::pair<const char*, const char*> rows[] = {
      {"{lr:.3f}", "{lr} stands for its value, and there are no formats"},
      {"{lr:}", "there are no formats"},
      {"{ lr }", "write {lr} without blanks"},
      {"{modle/lr}", "did you mean {model/lr}?"},
  };
  for (const auto& [word, part] : rows) {
    std::vector<std::string> used;

    const auto words = ReplaceParameters({word}, {"lr", "model/lr"}, used);

    ASSERT_FALSE(words) << word;
    EXPECT_THAT(words.error().message, HasSubstr(part)) << word;
  }
}

TEST(InlineExperiment, IsNotMadeOfACommandThatOnlyAShellUnderstands) {
  InlineFlags flags;
  flags.maximize = "accuracy";
  flags.parameters = {"lr=uniform:0..1"};
  flags.trials = 1;
  const std::vector<std::string> commands[] = {
      {"./train --lr {lr}"}, {"cd", "x"}, {"A=1", "./train", "{lr}"}, {"./train", "{lr}", "|"}};
  for (const std::vector<std::string>& command : commands) {
    const auto experiment = MakeInlineExperiment(flags, command, "x");

    ASSERT_FALSE(experiment) << command.front();
    EXPECT_THAT(experiment.error().message, HasSubstr("no shell runs it; write")) << command[0];
  }
}

TEST(InlineExperiment, KeepsVariablesOfAShellAsText) {
  std::vector<std::string> used;

  const auto words = ReplaceParameters({"./train", "$HOME/{x}", "${HOME}"}, {"x"}, used);

  ASSERT_TRUE(words) << words.error().message;
  EXPECT_THAT(*words, ElementsAre("./train", "$$HOME/${trialParameters.x}", "$${HOME}"));
}

TEST(InlineExperiment, KeepsDollarsFromBeingReadAsKubernetesDoes) {
  std::vector<std::string> used;

  const auto words =
      ReplaceParameters({"sh", "echo $0 $HOME", "echo $$ $(date)", "$${x}$"}, {"x"}, used);

  ASSERT_TRUE(words) << words.error().message;
  EXPECT_THAT(*words, ElementsAre("sh", "echo $0 $HOME", "echo $$$$ $$(date)", "$$$${x}$"));
}

TEST(InlineExperiment, AsksWhatAnUnknownParameterMeans) {
  std::vector<std::string> used;

  const auto near = ReplaceParameters({"{layer}"}, {"layers"}, used);
  const auto far = ReplaceParameters({"{print}"}, {"layers"}, used);

  ASSERT_FALSE(near);
  EXPECT_THAT(near.error().message, HasSubstr("did you mean {layers}?"));
  ASSERT_FALSE(far);
  EXPECT_THAT(far.error().message, HasSubstr("{{print}}"));
}

TEST(InlineExperiment, IsNamedAfterItsProgram) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> rows = {
      {{"python", "train.py", "--lr"}, "train"},
      {{"python3.11", "-u", "src/Train_Net.py"}, "train-net"},
      {{"/usr/bin/env", "fit.sh"}, "fit"},
      {{"ksh", "fit.sh"}, "fit"},
      {{"./digits_train", "data.csv"}, "digits-train"},
      {{"sh", "-c", "echo 1; true"}, "sh"},
      {{"./3d"}, "run-3d"},
      {{"./---"}, "run"},
  };
  for (const auto& [command, name] : rows) {
    EXPECT_EQ(NameFromCommand(command), name);
  }
}

InlineFlags ValidFlags() {
  InlineFlags flags;
  flags.maximize = "accuracy";
  flags.parameters = {"lr=loguniform:1e-4..1e-1"};
  flags.trials = 3;
  return flags;
}

TEST(InlineExperiment, StandsForAManifestThatIsAdmitted) {
  InlineFlags flags = ValidFlags();
  flags.parallel = 2;
  flags.retries = 1;
  flags.timeout = "2m";
  flags.gpus_per_trial = 1;
  flags.early_stopping = "medianstop";
  flags.early_stopping_settings = {"start_step=2"};

  const auto experiment = MakeInlineExperiment(flags, {"./train", "{lr}", "--out={trial}"}, "7k2q");

  ASSERT_TRUE(experiment) << experiment.error().message;
  EXPECT_EQ(experiment->key.name, "train-7k2q");
  FieldErrors errors;
  const Experiment admitted = Admit(proto::WriteExperiment(*experiment, {}), errors);
  EXPECT_FALSE(HasErrors(errors)) << errors.front().ToString();
  EXPECT_EQ(admitted.spec.parallel_trial_count, 2);
  EXPECT_EQ(admitted.spec.algorithm->name, "auto");
  EXPECT_EQ(admitted.spec.early_stopping, (AlgorithmSpec{"medianstop", {{"start_step", "2"}}}));
  EXPECT_THAT(admitted.spec.trial_template->trial_spec,
              HasSubstr(R"("command":["./train","${trialParameters.lr}",)"));
  EXPECT_THAT(admitted.spec.trial_template->trial_spec, HasSubstr("\"activeDeadlineSeconds\":120"));
}

TEST(InlineExperiment, NamesTheFormatOfTheMetrics) {
  const std::pair<std::string, MetricsFormat> rows[] = {{"text", MetricsFormat::kText},
                                                        {"JSON", MetricsFormat::kJson},
                                                        {"keras", MetricsFormat::kKeras},
                                                        {"logfmt", MetricsFormat::kLogfmt}};
  for (const auto& [word, format] : rows) {
    InlineFlags flags = ValidFlags();
    flags.format = word;

    const auto experiment = MakeInlineExperiment(flags, {"./train", "{lr}"}, "x");

    ASSERT_TRUE(experiment) << word;
    const auto& path = experiment->spec.metrics_collector->file_system_path;
    EXPECT_EQ(path ? path->format : MetricsFormat::kText, format) << word;
  }
}

TEST(InlineExperiment, RefusesFlagsThatDoNotMakeAnExperiment) {
  const std::vector<std::pair<std::function<void(InlineFlags&)>, std::string>> rows = {
      {[](InlineFlags& f) { f.maximize.reset(); }, "--maximize METRIC or --minimize"},
      {[](InlineFlags& f) { f.minimize = "loss"; }, "only one objective"},
      {[](InlineFlags& f) { f.maximize = "--goal"; }, "not the name of a metric"},
      {[](InlineFlags& f) { f.parameters.clear(); }, "nothing to search"},
      {[](InlineFlags& f) { f.parameters.emplace_back("n=int:1..2"); }, "n is not used"},
      {[](InlineFlags& f) { f.parameters.emplace_back("lr=int:1..2"); }, "lr already"},
      {[](InlineFlags& f) { f.working_directory = "/no/such/folder"; }, "no such folder"},
      {[](InlineFlags& f) {
         f.has_json_metrics = true;
         f.filters = {"(a)=(b)"};
       },
       "--json and --filter"},
      {[](InlineFlags& f) { f.trials.reset(); }, "how many trials"},
      {[](InlineFlags& f) { f.trials = -1; }, "--trials"},
      {[](InlineFlags& f) { f.timeout = "soon"; }, "--timeout"},
      {[](InlineFlags& f) { f.settings = {"x"}; }, "KEY=VALUE"},
      {[](InlineFlags& f) { f.early_stopping_settings = {"x=1"}; }, "--early-stopping NAME"},
      {[](InlineFlags& f) { f.format = "pytorch"; }, "--format pytorch: must be text, json, keras"},
      {[](InlineFlags& f) { f.format = ""; }, "--format : must be"},
      {[](InlineFlags& f) {
         f.format = "keras";
         f.has_json_metrics = true;
       },
       "only one format"},
  };
  for (const auto& [change, part] : rows) {
    InlineFlags flags = ValidFlags();
    change(flags);

    const auto experiment = MakeInlineExperiment(flags, {"./train", "{lr}"}, "x");

    ASSERT_FALSE(experiment) << part;
    EXPECT_THAT(experiment.error().message, HasSubstr(part));
  }
}

}  // namespace
}  // namespace hone::controller
