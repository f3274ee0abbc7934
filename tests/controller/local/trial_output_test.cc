// Output of trials: logs, rotation, large amounts, metric files, volumes.
#include <gmock/gmock.h>

#include "controller/local/metric_feed.h"
#include "controller/local/trial_log.h"
#include "tests/controller/local/local_world.h"

namespace hone::controller {
namespace {

using Phase = WorkloadState::Phase;
using testing::ElementsAre;
using testing::HasSubstr;

Workload WithMetricFile(Workload workload, const std::string& path) {
  workload.metric_source.kind = CollectorKind::kFile;
  workload.metric_source.path = path;
  return workload;
}

TEST(TrialOutput, IsLoggedByteForByte) {
  LocalWorld world;

  world.RunToEnd(LocalWorld::Shell(R"(printf 'a\0b\377\r\nno line break')"));

  EXPECT_EQ(world.LogOf(), std::string("a\0b\377\r\nno line break", 19));
}

TEST(TrialOutput, PartialLinesAreReadWhole) {
  LocalWorld world;

  world.RunToEnd(LocalWorld::Shell("printf lo; sleep 0.1; printf 'ss=0.2'; sleep 0.1; printf 5"));

  EXPECT_THAT(world.ValuesOf(), ElementsAre("0.25"));
}

TEST(TrialOutput, OfOneStreamDoesNotTearALineOfTheOther) {
  LocalWorld world;

  // A program with buffered stdout writes in blocks: a block may end in the middle of a number.
  world.RunToEnd(
      LocalWorld::Shell("printf 'loss=0.12'; echo a warning >&2; printf '345\\nloss=7'; "
                        "printf 'an error' >&2"));

  EXPECT_THAT(world.ValuesOf(), ElementsAre("0.12345", "7"));
  EXPECT_THAT(world.LogOf(), HasSubstr("loss=0.12345\n"));
  EXPECT_THAT(world.LogOf(), HasSubstr("a warning\n"));
  EXPECT_THAT(world.LogOf(), HasSubstr("loss=7\n"));
  EXPECT_THAT(world.LogOf(), testing::EndsWith("an error"));
}

TEST(TrialOutput, OfBothStreamsIsReadForMetrics) {
  LocalWorld world;

  world.RunToEnd(LocalWorld::Shell("echo loss=1; echo loss=2 >&2"));

  EXPECT_THAT(world.ValuesOf(), ElementsAre("1", "2"));
  EXPECT_EQ(world.LogOf(), "loss=1\nloss=2\n");
}

TEST(TrialOutput, ALineWithoutEndIsLoggedInPiecesAndTheOthersLinesStayWhole) {
  LocalWorld world;

  world.RunToEnd(
      LocalWorld::Shell("head -c 200000 /dev/zero | tr '\\0' x; echo loss=3 >&2; echo ' loss=4'"));

  EXPECT_THAT(world.ValuesOf(), ElementsAre("3"));
  EXPECT_THAT(world.LogOf(), HasSubstr("\nloss=3\n"));
}

TEST(TrialOutput, OfPythonIsNotHeldBackUnlessTheManifestSaysSo) {
  LocalWorld world;
  Workload workload = LocalWorld::Shell("echo [$PYTHONUNBUFFERED]", LocalWorld::Id(2));
  workload.environment = {{"PYTHONUNBUFFERED", ""}};

  world.RunToEnd(LocalWorld::Shell("echo [$PYTHONUNBUFFERED]"));
  world.RunToEnd(workload);

  EXPECT_EQ(world.LogOf(1), "[1]\n");
  EXPECT_EQ(world.LogOf(2), "[]\n");
}

TEST(TrialOutput, IsHeardWhileTheTrialRuns) {
  LocalWorld world;
  ASSERT_TRUE(world.runner().Ensure(LocalWorld::Shell("echo loss=1; sleep 1000")).has_value());

  EXPECT_TRUE(world.PumpUntil([&] { return world.ValuesOf().size() == 1; }));

  EXPECT_EQ(world.runner().Observe(LocalWorld::Id()).phase, Phase::kRunning);
  EXPECT_EQ(world.LogOf(), "loss=1\n");
}

TEST(TrialOutput, AHundredMegabytesKeepLogsBoundedAndMetricsWhole) {
  LocalWorld world([](auto& options) { options.log_bytes_max = 1U << 20U; });

  const WorkloadState state = world.RunToEnd(LocalWorld::Shell(
      "echo loss=1; head -c 100000000 /dev/zero | tr '\\0' x; echo; echo loss=2"));

  EXPECT_EQ(state.phase, Phase::kSucceeded);
  EXPECT_THAT(world.ValuesOf(), ElementsAre("1", "2"));
  const auto log = world.PathsOf().log;
  EXPECT_LE(std::filesystem::file_size(log), 1U << 20U);
  EXPECT_LE(std::filesystem::file_size(log.string() + ".1"), 1U << 20U);
  EXPECT_THAT(world.LogOf(), testing::EndsWith("xx\nloss=2\n"));
}

TEST(TrialOutput, AFloodDoesNotStarveOtherTrials) {
  LocalWorld world([](auto& options) { options.log_bytes_max = 1U << 20U; });
  ASSERT_TRUE(world.runner()
                  .Ensure(LocalWorld::Shell("while :; do echo xxxxxxxxxxxxxxxx; done"))
                  .has_value());

  const WorkloadState state = world.RunToEnd(LocalWorld::Shell("echo loss=3", LocalWorld::Id(2)));

  EXPECT_EQ(state.phase, Phase::kSucceeded);
  EXPECT_THAT(world.ValuesOf(LocalWorld::Id(2)), ElementsAre("3"));
}

TEST(TrialOutput, AnotherAttemptIsMarkedInTheSameLog) {
  LocalWorld world;

  world.RunToEnd(LocalWorld::Shell("echo one; exit 1", LocalWorld::Id(1, 1)));
  world.RunToEnd(LocalWorld::Shell("echo two", LocalWorld::Id(1, 2)));

  EXPECT_EQ(world.LogOf(), "one\n--- attempt 2 ---\ntwo\n");
}

TEST(TrialOutput, ALogThatCannotBeWrittenCostsOneWarningAndNotTheTrial) {
  LocalWorld world;
  std::filesystem::create_directories(world.PathsOf().log.parent_path());
  std::filesystem::create_symlink("/dev/full", world.PathsOf().log);

  const WorkloadState state =
      world.RunToEnd(LocalWorld::Shell("echo loss=1; sleep 0.1; echo loss=2"));

  EXPECT_EQ(state.phase, Phase::kSucceeded);
  EXPECT_THAT(world.ValuesOf(), ElementsAre("1", "2"));
  EXPECT_THAT(world.warnings(), ElementsAre(HasSubstr("trial exp-1: writing log")));
}

TEST(TrialLog, KeepsOnePredecessorAndNeverTwiceTheLimit) {
  const TemporaryFolder folder;
  TrialLog log(folder.path() / "deep" / "trial.log", 10);

  ASSERT_TRUE(log.Write("12345678").has_value());
  ASSERT_TRUE(log.Write("abcdef").has_value());
  ASSERT_TRUE(log.Write("0123456789ABCDEFGHIJ!").has_value());

  EXPECT_EQ(ReadText(folder.path() / "deep" / "trial.log"), "!");
  EXPECT_EQ(ReadText(folder.path() / "deep" / "trial.log.1"), "ABCDEFGHIJ");
}

TEST(TrialLog, WhoseFolderCannotBeMadeSaysSo) {
  const TemporaryFolder folder;
  std::filesystem::create_symlink("/no/such/folder", folder / "gone");
  TrialLog log(folder / "gone" / "trial.log", 10);

  const Status written = log.Write("x");

  ASSERT_FALSE(written.has_value());
  EXPECT_THAT(written.error().message, HasSubstr("making folder " + (folder / "gone").string()));
}

TEST(MetricFeed, AFloodOfObservationsIsFoldedBeyondTheLimit) {
  RecordingSink sink;
  std::vector<std::string> warnings;
  MetricSource source;
  source.metrics = {"loss"};
  ParserMemo parsers;
  MetricFeed feed(LocalWorld::Id(), source, parsers, sink, [&](const std::string& text) {
    warnings.push_back(text);
  });

  for (std::size_t i = 0; i < MetricFeed::kObservationsMax; ++i) {
    feed.Feed("loss=5\n", Time(Duration(1)));
  }
  feed.Feed("loss=4\nloss=1\nloss=9\nloss=nan\nloss=6\nloss=3", Time(Duration(2)));
  feed.Finish(Time(Duration(3)));

  const std::vector<Observation> heard = sink.Of(LocalWorld::Id());
  ASSERT_EQ(heard.size(), MetricFeed::kObservationsMax + 3);
  EXPECT_EQ(heard[heard.size() - 3].value, "1");
  EXPECT_EQ(heard[heard.size() - 2].value, "9");
  EXPECT_EQ(heard[heard.size() - 1].value, "3");
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("more than 100000 observations")));
}

TEST(MetricFeed, LatestBeyondTheLimitIsWhatArrivedLast) {
  RecordingSink sink;
  MetricSource source;
  source.metrics = {"loss"};
  ParserMemo parsers;
  MetricFeed feed(LocalWorld::Id(), source, parsers, sink, [](const std::string& /*text*/) {});

  for (std::size_t i = 0; i < MetricFeed::kObservationsMax; ++i) {
    feed.Feed("loss=5\n", Time(Duration(1)));
  }
  feed.Feed("2100-01-01T00:00:00Z loss=1\n2100-01-01T00:00:00Z loss=9\nloss=6\n",
            Time(Duration(2)));
  feed.Finish(Time(Duration(3)));

  EXPECT_EQ(sink.Of(LocalWorld::Id()).back().value, "6");
}

TEST(MetricFeed, ASuccessWithoutTheObjectiveSaysWhatWasPrinted) {
  LocalWorld world;
  const std::string script = "echo 'epoch: 1'; printf 'loss: 0.4'";

  const WorkloadState state = world.RunToEnd(LocalWorld::Shell(script));
  world.RunToEnd(LocalWorld::Shell(script, LocalWorld::Id(2)));

  EXPECT_EQ(state.phase, Phase::kSucceeded);
  EXPECT_THAT(state.message, HasSubstr("it printed \"loss: 0.4\": try --format keras"));
  EXPECT_THAT(world.warnings(), ElementsAre(HasSubstr("reported no loss; it printed")));
}

TEST(MetricFeed, ASuccessWithTheObjectiveSaysNothing) {
  LocalWorld world;

  const WorkloadState state =
      world.RunToEnd(LocalWorld::Shell("echo 'loss: 0.4'; echo loss=0.4; echo 'loss: 0.4'"));

  EXPECT_EQ(state.message, "");
  EXPECT_THAT(world.warnings(), testing::IsEmpty());
}

TEST(MetricFeed, AFilterThatCannotBeReadIsOneWarning) {
  LocalWorld world;
  Workload workload = LocalWorld::Shell("echo loss=1; sleep 0.1; echo loss=2");
  workload.metric_source.filters = {"(unclosed"};

  EXPECT_EQ(world.RunToEnd(workload).phase, Phase::kSucceeded);

  EXPECT_THAT(world.warnings(), ElementsAre(HasSubstr("its metrics cannot be read")));
}

TEST(MetricFile, IsHeardWhileTheTrialRunsAndToItsEnd) {
  LocalWorld world;
  const auto go_on = world.folder() / "go-on";
  const std::string file = "/var/log/katib/metrics.log";
  ASSERT_TRUE(
      world.runner()
          .Ensure(WithMetricFile(
              LocalWorld::Shell("echo loss=7; echo loss=1 >" + file + "; until test -e " +
                                go_on.string() + "; do sleep 0.01; done; printf loss=2 >>" + file),
              file))
          .has_value());

  EXPECT_TRUE(world.PumpUntil([&] { return world.ValuesOf().size() == 1; }));
  WriteText(go_on, "");
  EXPECT_EQ(world.AwaitFinished().phase, Phase::kSucceeded);

  EXPECT_THAT(world.ValuesOf(), ElementsAre("1", "2"));
  EXPECT_FALSE(std::filesystem::exists("/var/log/katib"));
}

TEST(MetricFile, ThatIsWrittenAnewIsHeardAgain) {
  const std::string file = "/var/log/katib/metrics.log";
  for (const std::string& way : {"echo loss=2 >" + file,
                                 "echo loss=2 >" + file + ".new; mv " + file + ".new " + file,
                                 "printf loss=2 | dd of=" + file + " conv=notrunc status=none"}) {
    LocalWorld world;
    const auto go_on = world.folder() / "go-on";
    const std::string script = "echo loss=1 >" + file + "; until test -e " + go_on.string() +
                               "; do sleep 0.01; done; " + way;
    ASSERT_TRUE(world.runner().Ensure(WithMetricFile(LocalWorld::Shell(script), file)).has_value());

    EXPECT_TRUE(world.PumpUntil([&] { return world.ValuesOf().size() == 1; }));
    WriteText(go_on, "");
    EXPECT_EQ(world.AwaitFinished().phase, Phase::kSucceeded);

    EXPECT_THAT(world.ValuesOf(), ElementsAre("1", "2")) << way;
  }
}

TEST(MetricFile, OfAFormerAttemptIsNotHeardAgain) {
  LocalWorld world;
  const std::string file = "/var/log/katib/metrics.log";
  Workload first = WithMetricFile(LocalWorld::Shell("echo loss=1 >" + file + "; exit 1"), file);
  Workload second =
      WithMetricFile(LocalWorld::Shell("echo loss=2 >>" + file, LocalWorld::Id(1, 2)), file);

  world.RunToEnd(first);
  world.RunToEnd(second);

  EXPECT_THAT(world.ValuesOf(LocalWorld::Id(1, 2)), ElementsAre("2"));
}

TEST(MetricFile, ThatIsNeverWrittenIsSaid) {
  LocalWorld world;

  world.RunToEnd(WithMetricFile(LocalWorld::Shell("true"), "/var/log/katib/metrics.log"));

  EXPECT_THAT(world.warnings(), ElementsAre(HasSubstr("wrote nothing to its metric file")));
}

TEST(MetricFile, BesideTheScriptIsTheTrialsOwnAndLeavesTheScriptInPlace) {
  LocalWorld world;
  const std::string file = (world.folder() / "output.txt").string();
  const std::string script = (world.folder() / "train.sh").string();
  WriteText(script, "echo loss=6 >>$1\n");
  WriteText(file, "loss=99\n");

  world.RunToEnd(WithMetricFile(LocalWorld::Command({"/bin/sh", script, file}), file));

  EXPECT_THAT(world.ValuesOf(), ElementsAre("6"));
  EXPECT_EQ(ReadText(file), "loss=99\n");
}

TEST(MetricFile, OfAPathThatLeadsOutOfItsFolderDeletesNothingThere) {
  LocalWorld world;
  // Five levels above the volume's folder is the folder of the test's world.
  const std::string path = "/logs/../../../../../foreign";
  const auto foreign = world.folder() / "foreign";
  WriteText(foreign, "precious");
  Workload workload = WithMetricFile(LocalWorld::Shell("echo loss=1 >" + path), path);
  workload.empty_dirs = {{"/logs", "d"}};

  world.RunToEnd(workload);
  const Status refused = world.runner().Ensure(
      WithMetricFile(LocalWorld::Shell("true", LocalWorld::Id(2)), "../x.log"));

  EXPECT_THAT(world.ValuesOf(), ElementsAre("1"));
  EXPECT_EQ(ReadText(foreign), "precious");
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("its metric file ../x.log lies outside"));
}

TEST(MetricFile, BesideTheWorkingDirectoryIsFoundThere) {
  LocalWorld world;

  world.RunToEnd(WithMetricFile(LocalWorld::Shell("echo loss=4 >here.log"), "here.log"));

  EXPECT_THAT(world.ValuesOf(), ElementsAre("4"));
}

TEST(TrialVolumes, ExistWhileTheTrialIsKnownAndGoWithIt) {
  LocalWorld world;
  Workload workload =
      LocalWorld::Shell("echo hi >/scratch/sub/file && echo $OUT $HONE_VOLUME_TMP_1");
  workload.empty_dirs = {{"/scratch", "tmp-1"}};
  workload.environment = {{"OUT", "/scratch/model"}};
  workload.working_directory = "/scratch/sub";
  const auto folder = world.PathsOf().volumes / "tmp-1";

  EXPECT_EQ(world.RunToEnd(workload).phase, Phase::kSucceeded);

  EXPECT_EQ(ReadText(folder / "sub" / "file"), "hi\n");
  EXPECT_EQ(world.LogOf(), folder.string() + "/model " + folder.string() + "\n");
  world.runner().Stop(LocalWorld::Id(), {});
  EXPECT_FALSE(std::filesystem::exists(folder));
  EXPECT_TRUE(std::filesystem::exists(world.PathsOf().log));
}

TEST(TrialVolumes, OfARetainedTrialStay) {
  LocalWorld world;
  Workload workload = LocalWorld::Shell("echo hi >/scratch/file");
  workload.empty_dirs = {{"/scratch", "tmp"}};
  workload.retain = true;

  world.RunToEnd(workload);
  world.runner().Stop(LocalWorld::Id(), {});

  EXPECT_EQ(ReadText(world.PathsOf().volumes / "tmp" / "file"), "hi\n");
}

}  // namespace
}  // namespace hone::controller
