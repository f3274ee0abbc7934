// The commands other than run: their output and their failures.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/program.h"

namespace hone {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using Words = std::vector<std::string>;

// A store with one finished experiment of four trials.
class CliWords : public ::testing::Test {
 protected:
  void SetUp() override {
    const Outcome run = sandbox_.Hone({"run",
                                       "--maximize",
                                       "score",
                                       "-p",
                                       "x=int:1..4",
                                       "--algorithm",
                                       "grid",
                                       "--name",
                                       "grid",
                                       "-q",
                                       "--",
                                       "/bin/sh",
                                       "-c",
                                       "echo score=$0",
                                       "{x}"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
  }

  Sandbox sandbox_;
};

TEST_F(CliWords, ExportsEveryTrial) {
  const Outcome csv = sandbox_.Hone({"export", "grid"});
  const Outcome lines = sandbox_.Hone({"export", "grid", "-o", "jsonl"});
  const Outcome history = sandbox_.Hone({"export", "grid", "--observations"});

  EXPECT_THAT(csv.out,
              StartsWith("trial,state,attempt,started,completed,duration_seconds,x,score\n"
                         "grid-1,Succeeded,1,"));
  EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 5);
  EXPECT_EQ(std::count(lines.out.begin(), lines.out.end(), '\n'), 4);
  EXPECT_THAT(history.out, HasSubstr("grid-4,1,score,1,4,"));
}

TEST_F(CliWords, ShowsTheBestForPeopleAndPrograms) {
  EXPECT_THAT(sandbox_.Hone({"best"}).out, HasSubstr("grid-4"));
  EXPECT_EQ(sandbox_.Hone({"best", "grid", "-o", "shell"}).out, "x=4\n");
  EXPECT_EQ(sandbox_.Hone({"best", "grid", "-o", "name"}).out, "trial/grid-4\n");
  EXPECT_THAT(sandbox_.Hone({"best", "grid", "-o", "json"}).out, HasSubstr("\"value\": 4"));
  EXPECT_EQ(
      sandbox_.Hone({"get", "trials", "--sort", "objective", "--limit", "2", "-o", "name"}).out,
      "trial/grid-4\ntrial/grid-3\n");
}

TEST_F(CliWords, DescribesWhatItIsAskedFor) {
  EXPECT_THAT(sandbox_.Hone({"describe", "grid"}).out, HasSubstr("maximize score"));
  EXPECT_THAT(sandbox_.Hone({"describe", "grid-2"}).out, HasSubstr("grid-2.log"));
  EXPECT_THAT(sandbox_.Hone({"describe", "algorithm", "random"}).out, HasSubstr("settings"));
  EXPECT_THAT(sandbox_.Hone({"describe", "grid", "-o", "json"}).out, HasSubstr("\"kind\""));
  EXPECT_THAT(sandbox_.Hone({"get", "trials", "grid", "-o", "json"}).out, HasSubstr("\"items\""));
}

TEST_F(CliWords, TakesTheNewestExperimentWhenNoneIsNamed) {
  const std::string again =
      "hone run --maximize score -p x=int:1..2 --algorithm grid --name later -q -- "
      "/bin/sh -c 'echo score=$0; echo of later' {x}";
  ASSERT_EQ(sandbox_.Shell(again).exit_code, 0);

  EXPECT_THAT(sandbox_.Hone({"export"}).out, HasSubstr("later-1,Succeeded"));
  EXPECT_THAT(sandbox_.Hone({"describe"}).out, HasSubstr("later"));
  EXPECT_EQ(sandbox_.Hone({"logs"}).out, "score=2\nof later\n");
  EXPECT_EQ(sandbox_.Hone({"logs", "grid"}).out, "score=4\n");
  EXPECT_THAT(sandbox_.Hone({"logs", "grid"}).err, HasSubstr("grid-4, the last of 4 trials"));
  EXPECT_THAT(sandbox_.Hone({"stop"}).err, HasSubstr("later has ended already"));
}

TEST_F(CliWords, ListsTheNewestFirstAndSaysHowManyAreLeftOut) {
  const std::string more =
      "for i in 1 2 3; do hone run --maximize score -p x=int:1..1 -n 1 --name e$i -q -- "
      "/bin/sh -c 'echo score=$0' {x}; done";
  ASSERT_EQ(sandbox_.Shell(more).exit_code, 0);

  const Outcome all = sandbox_.Hone({"get", "experiments", "-o", "name"});
  const Outcome two = sandbox_.Hone({"get", "experiments", "--limit", "2", "-o", "name"});

  EXPECT_EQ(all.out, "experiment/e3\nexperiment/e2\nexperiment/e1\nexperiment/grid\n");
  EXPECT_EQ(all.err, "");
  EXPECT_EQ(two.out, "experiment/e3\nexperiment/e2\n");
  EXPECT_THAT(two.err, HasSubstr("and 2 older"));
  EXPECT_EQ(sandbox_.Hone({"get", "experiments", "--limit", "0"}).exit_code, 1);
}

TEST_F(CliWords, DeletesSeveralOrNone) {
  ASSERT_EQ(sandbox_
                .Shell("hone run --maximize score -p x=int:1..1 -n 1 --name other -q -- "
                       "/bin/sh -c 'echo score=$0' {x}")
                .exit_code,
            0);

  const Outcome refused = sandbox_.Hone({"delete", "grid", "nothing"});
  const std::string left = sandbox_.Hone({"get", "experiments", "-o", "name"}).out;
  const Outcome done = sandbox_.Hone({"delete", "grid", "other", "grid"});

  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(left, "experiment/other\nexperiment/grid\n");
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(sandbox_.Hone({"get", "experiments", "-o", "name"}).out, "");
}

TEST_F(CliWords, EndsQuietlyWhenTheReaderIsGone) {
  const Outcome piped = sandbox_.Shell("hone get trials grid | head -n 1; hone export grid | true");

  EXPECT_EQ(piped.exit_code, 0);
  EXPECT_THAT(piped.out, StartsWith("NAME"));
  EXPECT_EQ(piped.err.find("error"), std::string::npos) << piped.err;
}

TEST_F(CliWords, ReportsAFullOrClosedOutput) {
  EXPECT_EQ(sandbox_.Shell("hone export grid > /dev/full").exit_code, 1);
  EXPECT_EQ(sandbox_.Shell("hone export grid >&- 2>&-").exit_code, 0);
  EXPECT_EQ(sandbox_.Hone({"describe", "grid"}).exit_code, 0);
}

TEST(Cli, AnswersABadCommandLineWithTwo) {
  const Sandbox sandbox;
  const std::vector<Words> rows = {
      {},
      {"rnu"},
      {"get"},
      {"get", "trails"},
      {"run"},
      {"run", "--bogus"},
      {"run", "a.yaml", "--", "true"},
      {"run", "train.py", "--maximize", "m", "-n", "3"},
      {"run", "--maximize", "m", "-n", "3", "--", "true"},
      {"run", "--maximize", "m", "-p", "x=1..2", "-n", "3", "--", "true", "{x}"},
      {"run", "--maximize", "m", "-p", "x=uniform:2..1", "-n", "3", "--", "true", "{x}"},
      {"run", "--maximize", "m", "-p", "x=a,b", "-n", "3", "--", "true"},
      {"run", "--maximize", "m", "-p", "x=a,b", "-n", "3", "--", "true", "{y}"},
      {"run", "--maximize", "m", "-p", "x=a,b", "-n", "0", "--", "true", "{x}"},
      {"run", "--maximize", "m", "-p", "x=a,b", "--algorithm", "rndom", "--", "true", "{x}"},
      {"best", "x", "-o", "xml"},
      {"delete"},
      {"completion", "tcsh"},
      {"version", "extra"},
  };
  for (const Words& words : rows) {
    const Outcome outcome = sandbox.Hone(words);

    EXPECT_EQ(outcome.exit_code, 2) << ::testing::PrintToString(words) << outcome.err;
    EXPECT_NE(outcome.out + outcome.err, "");
  }
}

TEST(Cli, ExitsWithOneIfItCannotDoWhatIsAsked) {
  const Sandbox sandbox;
  sandbox.Write("bad.yaml", "kind: Experiment\nspec: {}\n");
  for (const Words& words : {Words{"run", "missing.yaml"},
                             Words{"run", "."},
                             Words{"run", "bad.yaml"},
                             Words{"validate", "bad.yaml", "missing.yaml"},
                             Words{"describe", "nothing"},
                             Words{"best"},
                             Words{"export", "nothing"},
                             Words{"logs", "nothing-1"},
                             Words{"stop", "nothing"},
                             Words{"resume", "nothing"},
                             Words{"delete", "nothing"},
                             Words{"describe", "algorithm", "rndom"}}) {
    const Outcome outcome = sandbox.Hone(words);

    EXPECT_EQ(outcome.exit_code, 1) << ::testing::PrintToString(words) << outcome.err;
    EXPECT_NE(outcome.err, "");
  }
}

TEST(Cli, NeedsNoStoreToLookAround) {
  const Sandbox sandbox;

  EXPECT_EQ(sandbox.Hone({"get", "experiments"}).exit_code, 0);
  EXPECT_THAT(sandbox.Hone({"get", "algorithms"}).out, HasSubstr("random"));
  EXPECT_EQ(sandbox.Hone({"get", "algorithms", "stopping", "-o", "name"}).out,
            "algorithm/asha-stop\nalgorithm/medianstop\nalgorithm/plateau\n");
  EXPECT_THAT(sandbox.Hone({"describe", "algorithm", "medianstop"}).out,
              HasSubstr("min_trials_required"));
  EXPECT_THAT(sandbox.Hone({"version"}).out, StartsWith("hone "));
  EXPECT_THAT(sandbox.Hone({"run", "--help"}).out, HasSubstr("Examples:"));
  EXPECT_FALSE(std::filesystem::exists(sandbox.path() / ".local"));
}

TEST(Cli, SaysThatAStoreCannotBeWritten) {
  const Sandbox sandbox;
  sandbox.Write("not-a-folder", "");

  const Outcome run = sandbox.Hone({"run",
                                    "--store",
                                    "not-a-folder/x.db",
                                    "--maximize",
                                    "m",
                                    "-p",
                                    "x=a,b",
                                    "-n",
                                    "1",
                                    "--",
                                    "true",
                                    "{x}"});

  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("not-a-folder"));
}

}  // namespace
}  // namespace hone
