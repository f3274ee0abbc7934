// Observations by the names of trials, as DBManager knows them.
#include "controller/tuner/study_logs.h"

#include <gmock/gmock.h>

#include "tests/controller/tuner/tuner_world.h"

namespace hone::controller {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Logs of trials that are not Hone's, by name.
class OtherLogs final : public db::ObservationLogs {
 public:
  Status Append(const db::LogKey& key, std::span<const Observation> rows) override {
    logs_[key.ToString()].insert(logs_[key.ToString()].end(), rows.begin(), rows.end());
    return {};
  }
  Result<std::vector<Observation>> List(const db::LogKey& key) override {
    return logs_[key.ToString()];
  }
  Result<std::uint64_t> Count(const db::LogKey& key) override {
    return logs_[key.ToString()].size();
  }
  Result<db::LogSize> Measure(const db::LogKey& key) override {
    return db::LogSize{.rows = logs_[key.ToString()].size()};
  }
  Status Delete(const db::LogKey& key) override {
    logs_.erase(key.ToString());
    return {};
  }

 private:
  std::map<std::string, std::vector<Observation>> logs_;
};

db::LogKey Key(const std::string& trial_name) {
  return db::ParseLogKey(trial_name);
}

class StudyLogsTest : public TunerTest {
 protected:
  void SetUp() override {
    study_ = Create();
    GiveTrials(*study_, "a", 2);
    logs_ = MakeStudyLogs(*tuner_, others_);
  }

  OtherLogs others_;
  std::shared_ptr<SharedStudy> study_;
  std::unique_ptr<db::ObservationLogs> logs_;
  const std::vector<Observation> rows_{{.metric = "loss", .value = "0.5", .time = clock_.Now()}};
};

TEST_F(StudyLogsTest, WritesAndReadsWhatATrialOfAStudyReports) {
  ASSERT_TRUE(logs_->Append(Key("study-2"), rows_));

  EXPECT_EQ(logs_->List(Key("study-2"))->at(0).value, "0.5");
  EXPECT_EQ(logs_->List(Key("default/study-2"))->at(0).sequence, 1U);
  EXPECT_EQ(logs_->Count(Key("study-2")), 1U);
  EXPECT_EQ(logs_->Count(Key("study-1")), 0U);
  EXPECT_THAT(*logs_->List(Key("study-1")), IsEmpty());
  EXPECT_THAT(*logs_->List(Key("study-3")), IsEmpty());
  EXPECT_THAT(*others_.List(Key("study-2")), IsEmpty());
  EXPECT_EQ(study_->Tell(2, {})->metrics.front().latest, "0.5");
  EXPECT_EQ(logs_->Count(Key("study-2")), 1U);
}

TEST_F(StudyLogsTest, MeasuresALogHoweverLongItIs) {
  const std::vector<Observation> many(600, rows_.front());
  ASSERT_TRUE(logs_->Append(Key("study-2"), many));
  ASSERT_TRUE(logs_->Append(Key("another"), rows_));

  const db::LogSize size = logs_->Measure(Key("study-2")).value();

  EXPECT_EQ(size.rows, 600U);
  EXPECT_EQ(size.characters, 600U * std::string("loss0.5").size());
  for (const std::string nothing : {"study-1", "study-3", "study-0"}) {
    EXPECT_EQ(logs_->Measure(Key(nothing))->rows, 0U) << nothing;
  }
  EXPECT_EQ(logs_->Measure(Key("another"))->rows, 1U);
}

TEST_F(StudyLogsTest, RefusesReportsThatATrialCannotTake) {
  ASSERT_TRUE(study_->Tell(1, {{{"loss", 1}}, {}}));

  EXPECT_EQ(logs_->Append(Key("study-1"), rows_).error().code, Code::kFailedPrecondition);
  EXPECT_EQ(logs_->Append(Key("study-7"), rows_).error().code, Code::kNotFound);
  EXPECT_EQ(logs_->Delete(Key("study-1")).error().code, Code::kFailedPrecondition);
}

TEST_F(StudyLogsTest, LeavesOtherTrialsToTheOtherLogs) {
  for (const std::string name : {"katib-abc12", "other-7", "team/study-1", "study-x", "a/b/c-1"}) {
    ASSERT_TRUE(logs_->Append(Key(name), rows_)) << name;
    EXPECT_THAT(*others_.List(Key(name)), SizeIs(1)) << name;
    EXPECT_THAT(*logs_->List(Key(name)), SizeIs(1)) << name;
    EXPECT_EQ(logs_->Count(Key(name)), 1U) << name;
    ASSERT_TRUE(logs_->Delete(Key(name)));
    EXPECT_THAT(*logs_->List(Key(name)), IsEmpty()) << name;
  }
}

TEST_F(StudyLogsTest, StopsATrialByName) {
  ASSERT_TRUE(StopTrialEarly(*tuner_, Anyone(), "study-2"));

  EXPECT_EQ(Stored().status.counts.early_stopped, 1);
  EXPECT_EQ(StopTrialEarly(*tuner_, Anyone(), "none-2").error().code, Code::kNotFound);
}

TEST_F(StudyLogsTest, StopsNoTrialOfANamespaceThatTheCallerDoesNotHave) {
  const access::Caller other{.name = "b", .namespaces = {"team-b"}, .role = access::Role::kWrite};
  const access::Caller reader{.name = "r", .namespaces = {"default"}, .role = access::Role::kRead};

  EXPECT_EQ(StopTrialEarly(*tuner_, other, "study-2").error().code, Code::kNotFound);
  EXPECT_EQ(StopTrialEarly(*tuner_, reader, "study-2").error().code, Code::kPermissionDenied);
  EXPECT_EQ(Stored().status.counts.early_stopped, 0);
}

}  // namespace
}  // namespace hone::controller
