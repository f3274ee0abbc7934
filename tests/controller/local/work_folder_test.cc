// The working folder of a trial: its view of the user's folder, and the place of files it writes.
#include <gmock/gmock.h>

#include "tests/controller/local/local_world.h"

namespace hone::controller {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Phase = WorkloadState::Phase;

std::vector<std::string> NamesIn(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(WorkFolder, KeepsApartWhatTrialsWriteAtTheSameTime) {
  LocalWorld world;
  const std::string folder = world.folder().string();
  const auto script = [&](const std::string& number) {
    return "echo loss=" + number + " >result.txt; touch " + folder + "/wrote-" + number +
           "; until test -e " + folder + "/go; do sleep 0.01; done; cat result.txt";
  };
  for (std::uint64_t ordinal = 1; ordinal <= 3; ++ordinal) {
    ASSERT_TRUE(world.runner().Ensure(
        LocalWorld::Shell(script(std::to_string(ordinal)), LocalWorld::Id(ordinal))));
  }
  for (const char* number : {"1", "2", "3"}) {
    ASSERT_TRUE(world.AwaitFile(world.folder() / ("wrote-" + std::string(number))));
  }

  WriteText(world.folder() / "go", "");

  for (std::uint64_t ordinal = 1; ordinal <= 3; ++ordinal) {
    world.AwaitFinished(LocalWorld::Id(ordinal));
    EXPECT_THAT(world.ValuesOf(LocalWorld::Id(ordinal)), ElementsAre(std::to_string(ordinal)));
    EXPECT_EQ(ReadText(world.PathsOf(ordinal).work / "result.txt"),
              "loss=" + std::to_string(ordinal) + "\n");
  }
  EXPECT_FALSE(std::filesystem::exists(world.folder() / "result.txt"));
}

TEST(WorkFolder, ShowsTheUsersFolder) {
  LocalWorld world;
  const auto program = world.folder() / "train.sh";
  std::filesystem::create_directories(world.folder() / "data" / "deep");
  WriteText(world.folder() / "data" / "deep" / "x.csv", "12\n");
  WriteText(world.folder() / "config", "3\n");
  WriteText(program, "#!/bin/sh\necho loss=$(cat data/deep/x.csv)$(cat config)\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);

  const WorkloadState state = world.RunToEnd(LocalWorld::Command({"./train.sh"}));

  EXPECT_EQ(state.phase, Phase::kSucceeded) << state.message;
  EXPECT_THAT(world.ValuesOf(), ElementsAre("123"));
}

TEST(WorkFolder, ShowsFoldersBesideTheUsersFolderToo) {
  LocalWorld world([](ProcessRunnerOptions& options) { options.working_directory /= "project"; });
  std::filesystem::create_directory(world.folder() / "project");
  std::filesystem::create_directory(world.folder() / "data");
  WriteText(world.folder() / "data" / "x", "loss=5\n");

  world.RunToEnd(LocalWorld::Shell("cat ../data/x"));

  EXPECT_THAT(world.ValuesOf(), ElementsAre("5"));
}

TEST(WorkFolder, IsWhereTheEnvironmentSaysItIs) {
  LocalWorld world;

  world.RunToEnd(LocalWorld::Command({"/usr/bin/env"}));

  EXPECT_THAT(world.LogOf(), HasSubstr("\nPWD=" + world.PathsOf().work.string() + "\n"));
}

TEST(WorkFolder, ProtectsFilesOfARunByHand) {
  LocalWorld world;
  std::filesystem::create_directory(world.folder() / "checkpoints");
  WriteText(world.folder() / "results.json", "by hand");
  WriteText(world.folder() / "checkpoints" / "best", "by hand");

  world.RunToEnd(
      LocalWorld::Shell("echo 1 >results.json; echo 2 >checkpoints/best; echo 3 "
                        ">checkpoints/last"));

  EXPECT_EQ(ReadText(world.folder() / "results.json"), "by hand");
  EXPECT_EQ(ReadText(world.folder() / "checkpoints" / "best"), "by hand");
  EXPECT_THAT(NamesIn(world.folder() / "checkpoints"), ElementsAre("best"));
  EXPECT_EQ(ReadText(world.PathsOf().work / "checkpoints" / "best"), "2\n");
  EXPECT_THAT(world.warnings(), IsEmpty());
}

TEST(WorkFolder, HoldsAfterwardsOnlyWhatTheTrialWrote) {
  LocalWorld world;
  std::filesystem::create_directory(world.folder() / "data");
  WriteText(world.folder() / "data" / "x", "");
  WriteText(world.folder() / "train.py", "");
  WriteText(world.folder() / "notes.txt", "as it was");

  world.RunToEnd(LocalWorld::Shell("cat notes.txt data/x", LocalWorld::Id(1)));
  world.RunToEnd(
      LocalWorld::Shell("echo out >out.txt; printf AS_IT_WAS >notes.txt", LocalWorld::Id(2)));

  EXPECT_FALSE(std::filesystem::exists(world.PathsOf(1).work));
  EXPECT_THAT(NamesIn(world.PathsOf(2).work), ElementsAre("notes.txt", "out.txt"));
  EXPECT_EQ(ReadText(world.folder() / "notes.txt"), "as it was");
}

TEST(WorkFolder, SaysOnceThatALargeFileIsWrittenByTrials) {
  LocalWorld world;
  const auto model = world.folder() / "model.pt";
  WriteText(model, std::string(200'000, 'x'));

  world.RunToEnd(LocalWorld::Shell("cat model.pt >/dev/null", LocalWorld::Id(1)));
  world.RunToEnd(LocalWorld::Shell("echo y >>model.pt", LocalWorld::Id(2)));
  world.RunToEnd(LocalWorld::Shell("echo y >>model.pt", LocalWorld::Id(3)));

  EXPECT_THAT(world.warnings(),
              ElementsAre(HasSubstr(model.string() + " changed while trial exp-2 ran")));
}

TEST(WorkFolder, OfARetryHoldsWhatTheEarlierAttemptWrote) {
  LocalWorld world;
  WriteText(world.folder() / "config", "c");

  world.RunToEnd(LocalWorld::Shell("echo 4 >saved; exit 1", LocalWorld::Id(1, 1)));
  world.RunToEnd(LocalWorld::Shell("echo loss=$(cat saved)", LocalWorld::Id(1, 2)));

  EXPECT_THAT(world.ValuesOf(LocalWorld::Id(1, 2)), ElementsAre("4"));
  EXPECT_THAT(NamesIn(world.PathsOf().work), ElementsAre("saved"));
}

TEST(WorkFolder, IsTheUsersFolderItselfWhereThatIsAskedFor) {
  LocalWorld world;
  Workload workload = LocalWorld::Shell("echo 1 >result.txt");
  workload.place.is_folder_shared = true;

  world.RunToEnd(workload);

  EXPECT_EQ(ReadText(world.folder() / "result.txt"), "1\n");
}

TEST(WorkFolder, IsTheUsersFolderItselfWhereThatIsTooLargeToShow) {
  LocalWorld world;
  for (int i = 0; i < 1001; ++i) {
    WriteText(world.folder() / std::to_string(i), "");
  }

  world.RunToEnd(LocalWorld::Shell("echo 1 >result.txt", LocalWorld::Id(1)));
  world.RunToEnd(LocalWorld::Shell("true", LocalWorld::Id(2)));

  EXPECT_EQ(ReadText(world.folder() / "result.txt"), "1\n");
  EXPECT_THAT(world.warnings(), ElementsAre(HasSubstr("has more than 1000 entries")));
}

TEST(WorkFolder, ShowsNeitherTheStoreNorTheFilesOfTrials) {
  LocalWorld world(
      [](ProcessRunnerOptions& options) { options.store = options.working_directory / "hone.db"; });
  WriteText(world.folder() / "hone.db", "");
  WriteText(world.folder() / "hone.db-wal", "");
  WriteText(world.folder() / "shown", "");

  world.RunToEnd(LocalWorld::Shell("ls"));

  EXPECT_EQ(world.LogOf(), "shown\n");
}

TEST(WorkFolder, OfAFolderWithManyFilesInAFolderShowsThem) {
  LocalWorld world;
  std::filesystem::create_directory(world.folder() / "images");
  for (int i = 0; i < 100; ++i) {
    WriteText(world.folder() / "images" / std::to_string(i), "");
  }

  world.RunToEnd(LocalWorld::Shell("echo loss=$(ls images | wc -l); touch images/new"));

  EXPECT_THAT(world.ValuesOf(), ElementsAre("100"));
  EXPECT_THAT(world.warnings(),
              ElementsAre(HasSubstr((world.folder() / "images").string() + " changed")));
}

/// The working folder of exp-1 after a kill -9 during an attempt for which `data` was too large to
/// be shown as links.
void LeaveLinkToData(const LocalWorld& world) {
  std::filesystem::create_directories(world.PathsOf().work);
  std::filesystem::create_directory_symlink(world.folder() / "data", world.PathsOf().work / "data");
}

TEST(WorkFolder, OfARetryTakesNothingFromTheUserThroughALinkOfTheEarlierAttempt) {
  LocalWorld world;
  std::filesystem::create_directories(world.folder() / "data" / "empty");
  WriteText(world.folder() / "data" / "a.csv", "1");
  LeaveLinkToData(world);

  world.RunToEnd(LocalWorld::Shell("echo 2 >data/a.csv; echo 3 >data/new", LocalWorld::Id(1, 2)));

  EXPECT_THAT(NamesIn(world.folder() / "data"), ElementsAre("a.csv", "empty"));
  EXPECT_EQ(ReadText(world.folder() / "data" / "a.csv"), "1");
  EXPECT_THAT(NamesIn(world.PathsOf().work / "data"), ElementsAre("a.csv", "new"));
}

TEST(WorkFolder, TakesNothingFromTheUserThroughALinkThatTheTrialHasMade) {
  LocalWorld world;
  const auto data = world.folder() / "data";
  std::filesystem::create_directories(data / "empty");
  std::filesystem::create_directories(data / "code" / "__pycache__");
  WriteText(data / "a.csv", "1");
  const std::string script = "rm -r data; ln -s " + data.string() + "/ data";

  world.RunToEnd(LocalWorld::Shell(script, LocalWorld::Id(1, 1)));
  world.RunToEnd(LocalWorld::Shell(script, LocalWorld::Id(1, 2)));

  EXPECT_THAT(NamesIn(data), ElementsAre("a.csv", "code", "empty"));
  EXPECT_THAT(NamesIn(data / "code"), ElementsAre("__pycache__"));
  EXPECT_TRUE(std::filesystem::is_symlink(world.PathsOf().work / "data"));
}

TEST(WorkFolder, WhoseCopiesCannotBeMadeLeavesNoPartOfThemToTheRetry) {
  LocalWorld world;
  WriteText(world.folder() / "config", std::string(60'000, 'x'));

  const Status started = world.EnsureWithSmallFiles(LocalWorld::Shell("true"));
  world.RunToEnd(LocalWorld::Shell("echo loss=$(wc -c <config)", LocalWorld::Id(1, 2)));

  ASSERT_FALSE(started.has_value());
  EXPECT_THAT(started.error().message, HasSubstr("config"));
  EXPECT_THAT(world.ValuesOf(LocalWorld::Id(1, 2)), ElementsAre("60000"));
}

TEST(WorkFolder, OfATrialThatHasWaitedForAGpuShowsTheFilesOfToday) {
  LocalWorld world;
  WriteText(world.folder() / "small", "before");
  WriteText(world.folder() / "grows", "before");
  WriteText(world.folder() / "model.pt", std::string(200'000, 'x'));
  const std::string go = (world.folder() / "go").string();
  Workload first = LocalWorld::Shell("until test -e " + go + "; do sleep 0.01; done");
  Workload second = LocalWorld::Shell("echo loss=$(cat small grows | wc -c)", LocalWorld::Id(2));
  first.gpus = second.gpus = 1;
  first.place.gpus = second.place.gpus = {"0"};
  ASSERT_TRUE(world.runner().Ensure(first));
  ASSERT_TRUE(world.runner().Ensure(second));

  WriteText(world.folder() / "small", "afterwards");
  WriteText(world.folder() / "grows", std::string(100'000, 'x'));
  std::filesystem::last_write_time(world.folder() / "model.pt", {});
  WriteText(go, "");
  world.AwaitFinished(LocalWorld::Id(2));

  EXPECT_THAT(world.ValuesOf(LocalWorld::Id(2)), ElementsAre("100010"));
  EXPECT_FALSE(std::filesystem::exists(world.PathsOf(2).work));
  EXPECT_THAT(world.warnings(), ElementsAre(HasSubstr("model.pt changed while trial exp-1 ran")));
}

/// A trial that writes a metric file.
Workload Writing(const std::string& metric_file, const AttemptId& id = LocalWorld::Id()) {
  Workload workload = LocalWorld::Shell("echo loss=1 >>" + metric_file, id);
  workload.metric_source.kind = CollectorKind::kFile;
  workload.metric_source.path = metric_file;
  return workload;
}

TEST(WorkFolder, HasAMetricFileOfItsOwnThoughTheUsersLiesBehindALink) {
  LocalWorld world;
  const TemporaryFolder elsewhere;
  WriteText(elsewhere / "m.log", "loss=99\n");
  std::filesystem::create_directory_symlink(elsewhere.path(), world.folder() / "runs");

  world.RunToEnd(Writing("runs/m.log"));

  EXPECT_THAT(world.ValuesOf(), ElementsAre("1"));
  EXPECT_EQ(ReadText(elsewhere / "m.log"), "loss=99\n");
  EXPECT_EQ(ReadText(world.PathsOf().work / "runs" / "m.log"), "loss=1\n");
}

TEST(WorkFolder, HasAMetricFileOfItsOwnThoughTheUsersLiesAmongThousands) {
  LocalWorld world;
  std::filesystem::create_directories(world.folder() / "runs" / "deep");
  for (int i = 0; i < 1001; ++i) {
    WriteText(world.folder() / "runs" / std::to_string(i), "");
  }
  WriteText(world.folder() / "runs" / "deep" / "m.log", "loss=99\n");

  world.RunToEnd(Writing("runs/deep/m.log"));

  EXPECT_THAT(world.ValuesOf(), ElementsAre("1"));
  EXPECT_EQ(ReadText(world.folder() / "runs" / "deep" / "m.log"), "loss=99\n");
}

TEST(WorkFolder, OfARetryHasAMetricFileOfItsOwnThoughALinkIsInTheWay) {
  LocalWorld world;
  const TemporaryFolder elsewhere;
  WriteText(elsewhere / "m.log", "loss=99\n");
  std::filesystem::create_directories(world.PathsOf().work);
  std::filesystem::create_directory_symlink(elsewhere.path(), world.PathsOf().work / "runs");

  world.RunToEnd(Writing("runs/m.log", LocalWorld::Id(1, 2)));

  EXPECT_THAT(world.ValuesOf(LocalWorld::Id(1, 2)), ElementsAre("1"));
  EXPECT_EQ(ReadText(elsewhere / "m.log"), "loss=99\n");
}

}  // namespace
}  // namespace hone::controller
