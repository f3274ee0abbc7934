#include "controller/local/volumes.h"

#include <gmock/gmock.h>

namespace hone::controller {
namespace {

Volumes WithMounts(const std::map<std::string, std::string>& mounts,
                   const std::string& metric_file = "") {
  Workload workload;
  workload.empty_dirs = mounts;
  Volumes volumes(workload, "/t/volumes");
  if (!metric_file.empty()) {
    volumes.AddMetricFile(metric_file);
  }
  return volumes;
}

TEST(Volumes, ReplaceAMountPathWhereverItStandsAsAPath) {
  const Volumes volumes = WithMounts({{"/data", "d"}});

  EXPECT_EQ(volumes.Localize("/data"), "/t/volumes/d");
  EXPECT_EQ(volumes.Localize("/data/x"), "/t/volumes/d/x");
  EXPECT_EQ(volumes.Localize("--out=/data/x"), "--out=/t/volumes/d/x");
  EXPECT_EQ(volumes.Localize("/bin:/data:/usr"), "/bin:/t/volumes/d:/usr");
  EXPECT_EQ(volumes.Localize("a,/data,b"), "a,/t/volumes/d,b");
  EXPECT_EQ(volumes.Localize("ls '/data' \"/data/y\""), "ls '/t/volumes/d' \"/t/volumes/d/y\"");
  EXPECT_EQ(volumes.Localize("x >/data/log;cd /data&&ls"),
            "x >/t/volumes/d/log;cd /t/volumes/d&&ls");
}

TEST(Volumes, LeaveWhatOnlyLooksLikeAMountPath) {
  const Volumes volumes = WithMounts({{"/data", "d"}});

  EXPECT_EQ(volumes.Localize("/database"), "/database");
  EXPECT_EQ(volumes.Localize("/big/data"), "/big/data");
  EXPECT_EQ(volumes.Localize("/data.txt"), "/data.txt");
  EXPECT_EQ(volumes.Localize("data"), "data");
  EXPECT_EQ(volumes.Localize(""), "");
}

TEST(Volumes, TheLongestMountPathWins) {
  const Volumes volumes = WithMounts({{"/data", "outer"}, {"/data/cache/", "inner"}});

  EXPECT_EQ(volumes.Localize("/data/cache/x /data/x"), "/t/volumes/inner/x /t/volumes/outer/x");
}

TEST(Volumes, AreNotReplacedTwice) {
  const Volumes volumes = WithMounts({{"/t", "d"}});

  EXPECT_EQ(volumes.Localize("/t/x"), "/t/volumes/d/x");
}

TEST(Volumes, TheFolderOfTheMetricFileIsOneToo) {
  const Volumes volumes = WithMounts({}, "/var/log/katib/metrics.log");

  EXPECT_EQ(volumes.Localize("/var/log/katib/metrics.log"), "/t/volumes/metrics/metrics.log");
}

TEST(Volumes, AMetricFileBesideOtherFilesLeavesThemWhereTheyAre) {
  const Volumes volumes = WithMounts({}, "/tmp/output.txt");

  EXPECT_EQ(volumes.Localize("python3 /tmp/train.py --log=/tmp/output.txt"),
            "python3 /tmp/train.py --log=/t/volumes/metrics/output.txt");
  EXPECT_EQ(volumes.Localize("cd /tmp"), "cd /tmp");
}

TEST(Volumes, AMetricFileIsFoundUnderEveryWayToWriteItsPath) {
  const Volumes volumes = WithMounts({}, "/no/such/../metrics.log");

  EXPECT_EQ(volumes.Localize("/no/such/../metrics.log /no/metrics.log"),
            "/t/volumes/metrics/metrics.log /t/volumes/metrics/metrics.log");
}

TEST(Volumes, KatibsFolderExistsForATrialThatMentionsIt) {
  Workload workload;
  workload.command = {"sh", "-c", "train && echo completed > /var/log/katib/$$.pid"};
  const Volumes volumes(workload, "/t/volumes");

  EXPECT_EQ(volumes.Localize(workload.command.back()),
            "train && echo completed > /t/volumes/metrics/$$.pid");
  EXPECT_TRUE(WithMounts({}).Variables().empty());
}

TEST(Volumes, AMetricFileUnderADeclaredMountNeedsNoOther) {
  const Volumes volumes = WithMounts({{"/var/log", "logs"}}, "/var/log/katib/metrics.log");

  EXPECT_EQ(volumes.Localize("/var/log/katib/metrics.log"), "/t/volumes/logs/katib/metrics.log");
}

TEST(Volumes, AVolumeThatIsNamedMetricsKeepsItsFolderToItself) {
  const Volumes volumes = WithMounts({{"/m", "metrics"}}, "/log/metrics.log");

  EXPECT_EQ(volumes.Localize("/m"), "/t/volumes/metrics");
  EXPECT_EQ(volumes.Localize("/log"), "/t/volumes/metrics-file");
}

TEST(Volumes, NameTheirFoldersInTheEnvironment) {
  const Volumes volumes = WithMounts({{"/a", "my-vol.1"}});

  EXPECT_THAT(volumes.Variables(),
              testing::ElementsAre(testing::Pair("HONE_VOLUME_MY_VOL_1", "/t/volumes/my-vol.1")));
}

TEST(Volumes, TheRootCannotBeMoved) {
  const Volumes volumes = WithMounts({{"/", "all"}}, "/metrics.log");

  EXPECT_EQ(volumes.Localize("/etc/hosts /metrics.log"),
            "/etc/hosts /t/volumes/metrics/metrics.log");
}

}  // namespace
}  // namespace hone::controller
