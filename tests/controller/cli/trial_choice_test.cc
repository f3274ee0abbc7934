#include "controller/cli/trial_choice.h"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/store/memory_store.h"
#include "db/store/transition.h"
#include "tests/support/builders.h"

namespace hone::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Trial Ended(std::uint64_t ordinal, const std::string& accuracy, Time started) {
  Trial trial = ATrial(ordinal).Build().trial;
  trial.state = TrialState::kSucceeded;
  trial.started = started;
  trial.metrics = {{"accuracy", accuracy, accuracy, accuracy}};
  return trial;
}

/// Four trials with 0.9, with 0.3, running with reports 0.7 and 0.5, and without any report.
class TrialChoiceTest : public testing::Test {
 protected:
  TrialChoiceTest() : store_(db::MakeMemoryStore(clock_)) {
    experiment_ = store_->CreateExperiment(AnExperiment().Build()).value();
    Trial running = Ended(3, "", At(20));
    running.state = TrialState::kRunning;
    running.metrics.clear();
    Trial failed = Ended(4, "", Time());
    failed.state = TrialState::kFailed;
    db::Transition transition{.epoch = store_->AcquireEpoch().value(), .experiment = experiment_};
    transition.created = {Ended(1, "0.9", At(30)), Ended(2, "0.3", At(10)), running, failed};
    transition.observations = {
        {running.attempt_id(),
         {{1, "accuracy", 1, "0.7", At(21)}, {2, "accuracy", 2, "0.5", At(22)}}}};
    EXPECT_TRUE(store_->Commit(transition));
  }

  std::vector<std::uint64_t> Chosen(const TrialChoice& choice) {
    std::vector<std::uint64_t> ordinals;
    const Status status = VisitChosen(*store_, experiment_, choice, [&](const Trial& trial) {
      ordinals.push_back(trial.ordinal);
      return true;
    });
    EXPECT_TRUE(status) << status.error().message;
    return ordinals;
  }

  SystemClock clock_;
  std::unique_ptr<db::Store> store_;
  Experiment experiment_;
};

TEST_F(TrialChoiceTest, SortsTextsInReverseTooAndNothingLast) {
  EXPECT_THAT(Chosen({.sort = "started"}), ElementsAre(2, 3, 1, 4));
  EXPECT_THAT(Chosen({.sort = "-started"}), ElementsAre(1, 3, 2, 4));
  EXPECT_THAT(Chosen({.sort = "-started", .limit = 2}), ElementsAre(1, 3));
  EXPECT_THAT(Chosen({.sort = "accuracy"}), ElementsAre(2, 3, 1, 4));
  EXPECT_THAT(Chosen({.sort = "-accuracy"}), ElementsAre(1, 3, 2, 4));
}

TEST_F(TrialChoiceTest, TakesARunningTrialByWhatItReportedLast) {
  EXPECT_THAT(Chosen({.conditions = {"accuracy=0.5"}}), ElementsAre(3));
  EXPECT_THAT(Chosen({.conditions = {"accuracy>0.6"}}), ElementsAre(1));
  EXPECT_THAT(Chosen({.sort = "objective"}), ElementsAre(1, 3, 2, 4));
}

TEST_F(TrialChoiceTest, ReadsConditionsWithBlanks) {
  EXPECT_THAT(Chosen({.conditions = {"accuracy < 0.6"}}), ElementsAre(2, 3));
  EXPECT_THAT(Chosen({.conditions = {" state = Failed "}}), ElementsAre(4));
}

TEST_F(TrialChoiceTest, RefusesToCompareWithWhatIsNoNumber) {
  for (const std::string condition :
       {"accuracy<0,5", "started>2026-01-01", "accuracy>=", "accuracy<=nan"}) {
    const Status status = VisitChosen(
        *store_, experiment_, {.conditions = {condition}}, [](const Trial&) { return true; });

    ASSERT_FALSE(status) << condition;
    EXPECT_THAT(status.error().message, HasSubstr("--where " + condition + ": "));
    EXPECT_THAT(status.error().message, HasSubstr("compares numbers, and \""));
  }
}

}  // namespace
}  // namespace hone::controller
