// Many experiments under one controller, in virtual time: how watches appear and end, whose errors
// are whose, and what is read from the store.
#include <algorithm>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/reconcile/controller.h"
#include "db/store/memory_store.h"
#include "db/store/transition.h"
#include "proto/model/experiment.h"
#include "suggestion/engine/in_process_suggester.h"
#include "tests/simulation/simulated_clock.h"
#include "tests/simulation/simulated_runner.h"
#include "tests/support/builders.h"
#include "tests/support/forwarding_store.h"

namespace hone::controller {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

/// Counts what is read, and fails the commits of some experiments.
class WatchedStore final : public db::ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;

  Result<Experiment> GetExperiment(const ExperimentKey& key) override {
    ++reads;
    return ForwardingStore::GetExperiment(key);
  }
  Result<std::vector<Trial>> ListTrials(const db::TrialQuery& query) override {
    ++reads;
    return ForwardingStore::ListTrials(query);
  }
  Result<std::vector<db::Change>> ChangesSince(std::uint64_t cursor, std::size_t limit) override {
    ++reads;
    if (std::exchange(forgets, false)) {
      return Fail(Code::kOutOfRange, "the log no longer reaches back so far");
    }
    return ForwardingStore::ChangesSince(cursor, limit);
  }
  Status Commit(db::Transition& transition) override {
    const auto found = failures.find(transition.experiment.key.name);
    if (found != failures.end()) {
      return Fail(found->second, "the disk is full");
    }
    return ForwardingStore::Commit(transition);
  }

  std::size_t reads = 0;
  bool forgets = false;
  std::map<std::string, Code> failures;
};

class ManyExperiments : public ::testing::Test, private Controller::Listener {
 protected:
  ManyExperiments() {
    controller_->SetListener(this);
    runner_.Connect(controller_.get(),
                    [this](const ExperimentKey& key) { controller_->Wake(key); });
  }

  ExperimentKey Create(const std::string& name, const std::string& uid = "uid") {
    Experiment experiment = AnExperiment().Parallel(1).Max(3).Build();
    experiment.key.name = name;
    experiment.uid = uid;
    EXPECT_TRUE(real_->CreateExperiment(experiment).has_value());
    return experiment.key;
  }
  /// A trial that runs until it is stopped.
  void Hang(const ExperimentKey& key) {
    runner_.SetScript({key, 1, 1}, {.fails = false, .hangs = true, .values = {}});
  }
  void Live(Duration duration) {
    const Time end = clock_.Now() + duration;
    while (clock_.Now() < end) {
      const Time next =
          std::min(controller_->RunDue().value_or(end), runner_.NextEvent().value_or(end));
      clock_.AdvanceTo(std::min(end, next));
      runner_.Progress();
    }
  }
  /// As the log's watch does after a change.
  void LiveOn(Duration duration) {
    controller_->WakeForLog();
    Live(duration);
  }
  void SetSuspend(const ExperimentKey& key, bool suspend) {
    Experiment experiment = Stored(key);
    experiment.spec.suspend = suspend;
    ASSERT_TRUE(real_->UpdateSpec(experiment).has_value());
  }
  Experiment Stored(const ExperimentKey& key) { return real_->GetExperiment(key).value(); }

  void OnRest(const ExperimentKey& key) override {
    rested_.push_back(key.name);
    controller_->Unwatch(key);
  }
  void OnDeleted(const ExperimentKey& key) override { deleted_.push_back(key.name); }
  void OnFailure(const ExperimentKey& key, const Error& error) override {
    failed_.push_back(key.name + ": " + error.message);
  }

  SimulatedClock clock_;
  std::unique_ptr<db::Store> real_ = db::MakeMemoryStore(clock_);
  WatchedStore store_{*real_};
  SimulatedRunner runner_{clock_, 1, kAsScripted};
  std::unique_ptr<suggestion::Suggester> suggester_ = suggestion::MakeInProcessSuggester(store_);
  std::unique_ptr<Controller> controller_ = Controller::Make({store_, runner_, *suggester_, clock_},
                                                             store_.AcquireEpoch().value(),
                                                             clock_.Now());
  std::vector<std::string> rested_;
  std::vector<std::string> deleted_;
  std::vector<std::string> failed_;
};

TEST_F(ManyExperiments, RunSideBySideAndAreForgottenWhenTheyRest) {
  ASSERT_TRUE(controller_->Watch(Create("one")));
  ASSERT_TRUE(controller_->Watch(Create("two")));

  Live(hours(1));

  EXPECT_THAT(rested_, UnorderedElementsAre("one", "two"));
  EXPECT_THAT(controller_->Watched(), IsEmpty());
}

TEST_F(ManyExperiments, GoOnWhileOneIsQuarantined) {
  const ExperimentKey sick = Create("sick");
  ASSERT_TRUE(controller_->Watch(sick));
  ASSERT_TRUE(controller_->Watch(Create("well")));
  store_.failures["sick"] = Code::kUnavailable;

  Live(minutes(5));

  EXPECT_THAT(rested_, ElementsAre("well"));
  EXPECT_THAT(failed_, ElementsAre("sick: the disk is full"));
  store_.failures.clear();
  Live(hours(1));
  EXPECT_THAT(rested_, ElementsAre("well", "sick"));
  EXPECT_TRUE(Stored(sick).status.IsCompleted());
}

TEST_F(ManyExperiments, AreQuarantinedAtOnceByAnErrorThatNoRetryMends) {
  ASSERT_TRUE(controller_->Watch(Create("sick")));
  store_.failures["sick"] = Code::kFailedPrecondition;

  Live(seconds(1));

  EXPECT_THAT(failed_, ElementsAre("sick: the disk is full"));
}

TEST_F(ManyExperiments, AreWatchedAsTheyAppearAndGoOn) {
  const ExperimentKey before = Create("before");
  const ExperimentKey suspended = Create("suspended");
  SetSuspend(suspended, true);
  controller_->WatchAll();
  Live(hours(1));
  EXPECT_THAT(rested_, ElementsAre("before"));

  Create("after");
  SetSuspend(suspended, false);
  LiveOn(hours(1));

  EXPECT_THAT(rested_, UnorderedElementsAre("before", "after", "suspended"));
  EXPECT_TRUE(Stored(suspended).status.IsCompleted());
}

TEST_F(ManyExperiments, WithoutATemplateAreLeftToTheirClients) {
  Experiment study = AnExperiment().Build();
  study.key.name = "study";
  study.spec.trial_template.reset();
  ASSERT_TRUE(real_->CreateExperiment(study).has_value());

  controller_->WatchAll();
  Live(hours(1));

  EXPECT_EQ(Stored(study.key).status.counts.created, 0);
  EXPECT_FALSE(Stored(study.key).status.IsCompleted());
  EXPECT_THAT(controller_->Watched(), IsEmpty());
}

TEST_F(ManyExperiments, AreFoundAgainWhenTheLogHasForgottenTheirChanges) {
  controller_->WatchAll();
  Live(seconds(1));
  const ExperimentKey key = Create("missed");
  store_.forgets = true;

  LiveOn(hours(1));

  EXPECT_THAT(rested_, ElementsAre("missed"));
  EXPECT_TRUE(Stored(key).status.IsCompleted());
}

TEST_F(ManyExperiments, ThatAreDeletedHaveTheirTrialsStopped) {
  const ExperimentKey key = Create("gone");
  Hang(key);
  ASSERT_TRUE(controller_->Watch(key));
  Live(seconds(1));
  ASSERT_EQ(runner_.Running(key), 1U);

  ASSERT_TRUE(real_->DeleteExperiment(key).has_value());
  LiveOn(minutes(2));

  EXPECT_EQ(runner_.Running(key), 0U);
  EXPECT_THAT(deleted_, ElementsAre("gone"));
  EXPECT_THAT(controller_->Watched(), IsEmpty());
}

TEST_F(ManyExperiments, OfTheSameNameDoNotTakeOverTheTrialsOfADeletedOne) {
  const ExperimentKey key = Create("twice", "first");
  Hang(key);
  ASSERT_TRUE(controller_->Watch(key));
  Live(seconds(1));
  ASSERT_TRUE(real_->DeleteExperiment(key).has_value());
  runner_.SetScript({key, 1, 1}, {});
  Create("twice", "second");

  LiveOn(hours(1));

  EXPECT_THAT(rested_, ElementsAre("twice"));
  EXPECT_THAT(deleted_, IsEmpty());
  EXPECT_EQ(Stored(key).uid, "second");
  EXPECT_EQ(Stored(key).status.counts.Completed(), 3);
  EXPECT_EQ(runner_.Running(key), 0U);
}

TEST_F(ManyExperiments, AreNotReadWhileNothingHappens) {
  for (int i = 0; i < 100; ++i) {
    const ExperimentKey key = Create("idle-" + std::to_string(i));
    Hang(key);
    ASSERT_TRUE(controller_->Watch(key));
  }
  Live(minutes(1));
  const std::size_t before = store_.reads;

  Live(hours(1));

  EXPECT_EQ(store_.reads, before);
  LiveOn(seconds(1));
  const std::size_t after = store_.reads;
  SetSuspend({"default", "idle-7"}, true);
  LiveOn(seconds(1));
  EXPECT_LE(store_.reads, after + 10) << "one experiment has changed";
}

TEST_F(ManyExperiments, HaveAModeEach) {
  const ExperimentKey drained = Create("drained");
  ASSERT_TRUE(controller_->Watch(drained));
  ASSERT_TRUE(controller_->Watch(Create("other")));

  controller_->SetMode(drained, RunMode::kDrain);
  Live(hours(1));

  EXPECT_THAT(rested_, UnorderedElementsAre("drained", "other"));
  EXPECT_FALSE(Stored(drained).status.IsCompleted());
}

}  // namespace
}  // namespace hone::controller
