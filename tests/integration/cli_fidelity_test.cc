// Trials that continue other trials, with the real program, real trials and a real store.
#include <csignal>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/convert/document.h"
#include "tests/integration/program.h"
#include "tests/paths.inc"

namespace hone {
namespace {

using ::testing::HasSubstr;

using Words = std::vector<std::string>;

/// A trial appends its name to the contents of its checkpoint folder and prints all of them.
constexpr const char* kScript =
    "cd $HONE_CHECKPOINT_DIR && echo $HONE_TRIAL_NAME >> steps && tr '\\n' ' ' < steps && echo && "
    "echo score=$0";

Words Tune(const std::string& algorithm, const Words& more = {}) {
  Words words = {"run",
                 "--maximize",
                 "score",
                 "--algorithm",
                 algorithm,
                 "-p",
                 "x=int:1..1000",
                 "-p",
                 "epochs=int:1..9",
                 "--name",
                 "tune",
                 "--seed",
                 "3",
                 "-j",
                 "3"};
  words.insert(words.end(), more.begin(), more.end());
  words.insert(words.end(), {"--", "/bin/sh", "-c", kScript, "{x}", "{epochs}"});
  return words;
}

/// The parent of each trial that has one, by name.
std::map<std::string, std::string> Parents(const Sandbox& sandbox) {
  std::map<std::string, std::string> parents;
  const auto list = proto::ReadJson(sandbox.Hone({"get", "trials", "tune", "-o", "json"}).out);
  for (const proto::Json& trial : list.value().at("items")) {
    const proto::Json& labels = trial.at("metadata").at("labels");
    if (labels.contains("hone.dev/parent")) {
      EXPECT_EQ(labels.at("hone.dev/origin"), "advanced");
      parents[trial.at("metadata").at("name")] = labels.at("hone.dev/parent");
    }
  }
  return parents;
}

std::string FirstLine(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// Every trial with a parent begins with the final output of its parent.
void ExpectContinuity(const Sandbox& sandbox, std::size_t least) {
  const auto parents = Parents(sandbox);
  EXPECT_GE(parents.size(), least);
  for (const auto& [name, parent] : parents) {
    EXPECT_EQ(FirstLine(sandbox.Hone({"logs", name}).out),
              FirstLine(sandbox.Hone({"logs", parent}).out) + name + " ");
  }
}

TEST(CliFidelity, AdvancedTrialsGoOnFromTheFilesOfTheirParents) {
  const Sandbox sandbox;

  const Outcome run = sandbox.Hone(Tune("asha", {"--set", "resource_name=epochs", "-n", "20"}));

  EXPECT_EQ(run.exit_code, 0) << run.err;
  ExpectContinuity(sandbox, 4);
  const auto parents = Parents(sandbox);
  const Outcome described = sandbox.Hone({"describe", "trial", parents.begin()->first});
  EXPECT_THAT(described.out, HasSubstr("goes on from  " + parents.begin()->second));
  EXPECT_THAT(described.out, HasSubstr("hone.dev/origin"));
}

TEST(CliFidelity, APopulationIsTrainedRoundByRound) {
  const Sandbox sandbox;

  const Outcome run = sandbox.Hone(Tune("pbt", {"--set", "n_population=5", "-n", "20"}));

  EXPECT_EQ(run.exit_code, 0) << run.err;
  ExpectContinuity(sandbox, 15);
}

TEST(CliFidelity, ASmallSpaceEndsWhenNothingCanGoOn) {
  const Sandbox sandbox;
  const Words words = {"run",
                       "--minimize",
                       "score",
                       "--algorithm",
                       "asha",
                       "-p",
                       "x=int:1..4",
                       "-p",
                       "epochs=int:1..4",
                       "--set",
                       "resource_name=epochs",
                       "--set",
                       "eta=2",
                       "--set",
                       "random_state=1",
                       "-n",
                       "100",
                       "-j",
                       "1",
                       "--name",
                       "tune",
                       "--",
                       "/bin/sh",
                       "-c",
                       "echo score=$0 of $1",
                       "{x}",
                       "{epochs}"};

  const Outcome run = sandbox.Hone(words);

  // 4 at the first rung, 2 at the second, 1 at the last; more advance if results arrive in another
  // order.
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(sandbox.Hone({"get", "trials", "tune", "-o", "name"}).out,
            "trial/tune-1\ntrial/tune-2\ntrial/tune-3\ntrial/tune-4\ntrial/tune-5\ntrial/tune-6\n"
            "trial/tune-7\n");
}

TEST(CliFidelity, GoesOnAfterBeingKilled) {
  const Sandbox sandbox;
  Running run = sandbox.Start(Tune("hyperband", {"--set", "resource_name=epochs", "-n", "30"}));
  ASSERT_TRUE(Eventually([&] {
    return sandbox.Hone({"get", "trials", "tune", "-o", "name"}).out.find("tune-12") !=
           std::string::npos;
  }));

  run.Signal(SIGKILL);
  static_cast<void>(run.Wait());
  const Outcome resumed = sandbox.Hone({"resume", "tune"});

  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_GE(Parents(sandbox).size(), 4U);
}

TEST(CliFidelity, RunsTheExampleOfKatibWhoseResourceIsOneValue) {
  const Sandbox sandbox;
  const std::string manifest =
      HONE_SOURCE_DIR "/tests/data/manifests/valid/hyperband_fixed_resource.yaml";

  const Outcome run = sandbox.Hone({"run", manifest});

  EXPECT_EQ(run.exit_code, 0) << run.err;
  const auto list = proto::ReadJson(sandbox.Hone({"get", "trials", "hyperband", "-o", "json"}).out);
  const proto::Json& trials = list.value().at("items");
  ASSERT_EQ(trials.size(), 2U);
  for (const proto::Json& trial : trials) {
    const proto::Json& epochs = trial.at("spec").at("parameterAssignments").at(2);
    EXPECT_EQ(epochs.at("name"), "num-epochs");
    EXPECT_TRUE(epochs.at("value") == "1" || epochs.at("value") == "2") << epochs;
  }
}

TEST(CliFidelity, SaysWhatTheResourceMustBe) {
  const Sandbox sandbox;

  const Outcome missing = sandbox.Hone(Tune("hyperband", {"-n", "5"}));
  const Outcome misspelt =
      sandbox.Hone(Tune("hyperband", {"-n", "5", "--set", "resource_name=epoch"}));

  EXPECT_NE(missing.exit_code, 0);
  EXPECT_THAT(missing.err, HasSubstr("give resource_name"));
  EXPECT_THAT(misspelt.err, HasSubstr("did you mean \"epochs\"?"));
}

}  // namespace
}  // namespace hone
