#include "suggestion/engine/background_suggester.h"

#include <deque>
#include <functional>
#include <latch>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/core/mutex.h"
#include "suggestion/engine/in_process_suggester.h"
#include "suggestion/engine/search_arena.h"
#include "tests/suggestion/experiments.h"
#include "tests/suggestion/patient_suggester.h"
#include "tests/support/forwarding_store.h"

namespace hone::suggestion {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

Experiment Learning(const std::string& algorithm, const std::string& name = "tune") {
  Experiment experiment = AnExperiment({Continuous()}, name);
  experiment.spec.algorithm = AlgorithmSpec{algorithm, {}};
  return experiment;
}

/// The metric is the trial's parameter, so that models have something to learn.
std::string ValueOf(const Trial& trial) {
  return trial.assignments.front().value;
}

/// A store that blocks the listing of one experiment's trials until `go_on` is released.
class SlowStore final : public db::ForwardingStore {
 public:
  SlowStore(db::Store& store, ExperimentKey slow)
      : ForwardingStore(store), slow_(std::move(slow)) {}

  Result<std::vector<Trial>> ListTrials(const db::TrialQuery& query) override {
    if (query.experiment == slow_) {
      go_on.wait();
    }
    return ForwardingStore::ListTrials(query);
  }

  std::latch go_on{1};

 private:
  const ExperimentKey slow_;
};

/// The experiments that were woken.
class Wakes {
 public:
  void Add(const ExperimentKey& key) {
    const MutexLock lock(mutex_);
    keys_.insert(key);
    changed_.NotifyAll();
  }
  void WaitFor(const ExperimentKey& key) {
    const MutexLock lock(mutex_);
    while (!keys_.contains(key)) {
      changed_.Wait(mutex_);
    }
  }

 private:
  Mutex mutex_;
  ConditionVariable changed_;
  std::set<ExperimentKey> keys_ HONE_GUARDED_BY(mutex_);
};

TEST(BackgroundSuggester, LetsNoOtherExperimentWaitForASlowOne) {
  Laboratory slow(Learning("tpe", "slow"));
  Laboratory quick(Learning("tpe", "quick"), slow);
  SlowStore store(slow.store(), slow.experiment().key);
  const SystemClock clock;
  Wakes wakes;
  std::optional<SearchArena> arena;
  const auto suggester = MakeBackgroundSuggester(
      store,
      clock,
      [&](auto task) { arena->Run(std::move(task)); },
      [&](const ExperimentKey& key) { wakes.Add(key); });
  arena.emplace(2);

  EXPECT_TRUE(suggester->Suggest(slow.experiment(), 1, 1).value().is_pending);
  EXPECT_TRUE(suggester->Suggest(quick.experiment(), 1, 1).value().is_pending);
  wakes.WaitFor(quick.experiment().key);
  EXPECT_THAT(suggester->Suggest(quick.experiment(), 1, 1).value().suggestions, SizeIs(1));
  EXPECT_TRUE(suggester->Suggest(slow.experiment(), 1, 1).value().is_pending);

  store.go_on.count_down();
  wakes.WaitFor(slow.experiment().key);
  EXPECT_THAT(suggester->Suggest(slow.experiment(), 1, 1).value().suggestions, SizeIs(1));
  arena.reset();
}

/// Runs trials one after another, each with its result. Returns their values.
std::vector<std::string> Live(Suggester& suggester, Laboratory& laboratory, int trials) {
  std::vector<std::string> values;
  for (int i = 0; i < trials; ++i) {
    const std::uint64_t ordinal = laboratory.next_ordinal();
    laboratory.Create(suggester.Suggest(laboratory.experiment(), ordinal, 1).value());
    const std::string value = ValueOf(laboratory.trials().back());
    laboratory.Move(ordinal, TrialState::kRunning);
    laboratory.Move(ordinal, TrialState::kSucceeded, value);
    values.push_back(value);
  }
  return values;
}

TEST(BackgroundSuggester, GivesTheSameAnswersToManyThreadsOnAnyNumberOfThreads) {
  constexpr int kTrials = 14;
  const std::vector<std::string> algorithms = {"tpe", "bayesianoptimization", "cmaes", "auto"};
  std::vector<std::vector<std::string>> expected;
  for (const std::string& algorithm : algorithms) {
    Laboratory alone(Learning(algorithm, algorithm));
    expected.push_back(Live(*MakeInProcessSuggester(alone.store()), alone, kTrials));
  }

  for (const std::size_t threads : {1U, 3U}) {
    const Laboratory first(AnExperiment({Continuous()}, "first"));
    std::vector<Laboratory> laboratories;
    for (const std::string& algorithm : algorithms) {
      laboratories.emplace_back(Learning(algorithm, algorithm), first);
    }
    PatientSuggester suggester(laboratories.front().store(), threads);
    std::vector<std::vector<std::string>> found(algorithms.size());
    std::vector<std::thread> clients;
    for (std::size_t i = 0; i < algorithms.size(); ++i) {
      clients.emplace_back([&, i] { found[i] = Live(suggester, laboratories[i], kTrials); });
    }
    for (std::thread& client : clients) {
      client.join();
    }

    EXPECT_EQ(found, expected) << threads << " threads";
  }
}

/// Tasks that run when the test calls Finish.
class LaterTasks {
 public:
  void Run(std::function<void()> task) { tasks_.push_back(std::move(task)); }
  void Finish() {
    for (; !tasks_.empty(); tasks_.pop_front()) {
      tasks_.front()();
    }
  }
  [[nodiscard]] std::size_t size() const { return tasks_.size(); }

 private:
  std::deque<std::function<void()>> tasks_;
};

/// A clock that advances by a millisecond on every read.
class TickingClock final : public Clock {
 public:
  [[nodiscard]] Time Now() const override { return Time(Elapsed()); }
  [[nodiscard]] Duration Elapsed() const override {
    return elapsed_ += std::chrono::milliseconds(1);
  }

 private:
  mutable Duration elapsed_{0};
};

class BackgroundSuggesterTest : public ::testing::Test {
 protected:
  SuggestionBatch Ask(Laboratory& laboratory, std::size_t count) {
    return suggester_->Suggest(laboratory.experiment(), laboratory.next_ordinal(), count).value();
  }
  SuggestionBatch AskAndFinish(Laboratory& laboratory, std::size_t count) {
    EXPECT_TRUE(Ask(laboratory, count).is_pending);
    tasks_.Finish();
    return Ask(laboratory, count);
  }
  void Serve(Laboratory& laboratory) {
    suggester_ = MakeBackgroundSuggester(
        laboratory.store(),
        clock_,
        [this](auto task) { tasks_.Run(std::move(task)); },
        [this](const ExperimentKey& /*key*/) { ++wakes_; });
  }

  const TickingClock clock_{};
  LaterTasks tasks_;
  int wakes_ = 0;
  std::unique_ptr<Suggester> suggester_;
};

TEST_F(BackgroundSuggesterTest, AsksOnceAndWakesTheCallerWhenTheAnswerIsReady) {
  Laboratory laboratory(Learning("tpe"));
  Serve(laboratory);

  EXPECT_THAT(Ask(laboratory, 2).suggestions, IsEmpty());
  EXPECT_THAT(Ask(laboratory, 2).suggestions, IsEmpty());
  EXPECT_EQ(tasks_.size(), 1U);
  EXPECT_EQ(wakes_, 0);

  tasks_.Finish();
  EXPECT_EQ(wakes_, 1);
  const SuggestionBatch batch = Ask(laboratory, 2);
  EXPECT_FALSE(batch.is_pending);
  EXPECT_EQ(batch.suggestions,
            MakeInProcessSuggester(laboratory.store())
                ->Suggest(laboratory.experiment(), 1, 2)
                .value()
                .suggestions);
}

TEST_F(BackgroundSuggesterTest, SaysThatTheRestFollowsIfMoreAreWantedThanWereAskedFor) {
  Laboratory laboratory(Learning("tpe"));
  Serve(laboratory);
  ASSERT_TRUE(Ask(laboratory, 1).is_pending);
  tasks_.Finish();

  const SuggestionBatch batch = Ask(laboratory, 2);

  EXPECT_THAT(batch.suggestions, SizeIs(1));
  EXPECT_TRUE(batch.is_pending);
}

/// At most four rungs: all trials of the lowest end before any trial advances.
Experiment Rungs() {
  ParameterSpec epochs = Ints("1", "9");
  epochs.name = "epochs";
  Experiment experiment = AnExperiment({Continuous(), epochs});
  experiment.spec.algorithm =
      AlgorithmSpec{"hyperband", {{"resource_name", "epochs"}, {"r_l", "9"}, {"eta", "3"}}};
  return experiment;
}

TEST_F(BackgroundSuggesterTest, SaysHowManyToAskForEarly) {
  const Laboratory first(Learning("random", "first"));
  Laboratory random(Learning("random", "random"), first);
  Laboratory learning(Learning("tpe", "learning"), first);
  Laboratory rungs(Rungs(), first);
  Serve(random);
  EXPECT_EQ(AskAndFinish(random, 1).ask_early, 1U) << "they depend on no result";

  for (Laboratory* const laboratory : {&learning, &rungs}) {
    const SuggestionBatch batch = AskAndFinish(*laboratory, 1);
    EXPECT_EQ(batch.ask_early, 0U) << "no trial has told how long it takes";
    laboratory->Create(batch);
    laboratory->Move(1, TrialState::kRunning);
    laboratory->Move(1, TrialState::kSucceeded, "0.5");
  }

  EXPECT_EQ(AskAndFinish(learning, 1).ask_early, 2U) << "a trial takes no longer than an answer";
  EXPECT_EQ(AskAndFinish(rungs, 1).ask_early, 0U) << "advances depend on the ended trials";
}

/// Asks for suggestions beyond those that have become trials.
class RememberingTest : public BackgroundSuggesterTest {
 protected:
  RememberingTest() { Serve(laboratory_); }

  Result<SuggestionBatch> AskFor(std::uint64_t ordinal) {
    const Experiment& experiment = laboratory_.experiment();
    EXPECT_TRUE(suggester_->Suggest(experiment, ordinal, 1).value().is_pending);
    tasks_.Finish();
    return suggester_->Suggest(experiment, ordinal, 1);
  }

  static Experiment ThreePoints() {
    Experiment experiment = AnExperiment({Ints("1", "3")});
    experiment.spec.algorithm = AlgorithmSpec{"tpe", {}};
    return experiment;
  }
  Laboratory laboratory_{ThreePoints()};
};

TEST_F(RememberingTest, CountsItsSuggestionsAsRunningTrials) {
  std::set<std::string> points;
  for (std::uint64_t ordinal = 1; ordinal <= 3; ++ordinal) {
    const SuggestionBatch batch = AskFor(ordinal).value();
    EXPECT_TRUE(batch.remembers);
    points.insert(batch.suggestions.at(0).assignments.at(0).value);
  }

  EXPECT_THAT(points, SizeIs(3));
  EXPECT_TRUE(AskFor(4).value().space_ended);
}

TEST_F(RememberingTest, GoesOnWhenSuggestionsBecomeTrials) {
  const SuggestionBatch first = AskFor(1).value();
  SuggestionBatch others = AskFor(2).value();
  laboratory_.Create(first);
  others.suggestions.push_back(AskFor(3).value().suggestions.at(0));
  laboratory_.Create(others);
  laboratory_.Move(1, TrialState::kRunning);
  laboratory_.Move(1, TrialState::kSucceeded, "0.5");

  EXPECT_TRUE(AskFor(4).value().space_ended);
}

TEST_F(RememberingTest, ForgetsSuggestionsThatAreAskedForAgain) {
  const SuggestionBatch first = AskFor(1).value();
  const SuggestionBatch second = AskFor(2).value();

  EXPECT_EQ(AskFor(1).value().suggestions, first.suggestions);
  EXPECT_EQ(AskFor(2).value().suggestions, second.suggestions);
}

TEST_F(RememberingTest, AsksForARetryIfItDoesNotKnowTheSuggestionsBefore) {
  ASSERT_TRUE(AskFor(1).has_value());

  const auto unknown = AskFor(3);

  ASSERT_FALSE(unknown.has_value());
  EXPECT_TRUE(unknown.error().IsRetryable());
  EXPECT_TRUE(AskFor(1).has_value());
}

TEST_F(BackgroundSuggesterTest, DropsAnAnswerAboutAnExperimentThatHasChanged) {
  Laboratory laboratory(Learning("tpe"));
  Serve(laboratory);
  ASSERT_TRUE(Ask(laboratory, 1).is_pending);
  Experiment changed = laboratory.experiment();
  ++changed.generation;
  EXPECT_TRUE(suggester_->Suggest(changed, 1, 1).value().is_pending);
  tasks_.Finish();

  EXPECT_TRUE(suggester_->Suggest(changed, 1, 1).value().is_pending)
      << "that was about the old one";
  tasks_.Finish();

  EXPECT_THAT(suggester_->Suggest(changed, 1, 1).value().suggestions, SizeIs(1));
}

TEST_F(BackgroundSuggesterTest, AsksAgainIfTheAwaitedTrialHasEndedMeanwhile) {
  Laboratory laboratory(Rungs());
  Serve(laboratory);
  for (int i = 0; i < 100; ++i) {
    const SuggestionBatch batch = AskAndFinish(laboratory, 1);
    if (batch.suggestions.empty()) {
      break;
    }
    laboratory.Create(batch);
    laboratory.Move(laboratory.next_ordinal() - 1, TrialState::kRunning);
  }
  const SuggestionBatch waits = AskAndFinish(laboratory, 1);
  ASSERT_THAT(waits.suggestions, IsEmpty());
  ASSERT_FALSE(waits.is_pending);

  ASSERT_TRUE(Ask(laboratory, 1).is_pending);
  tasks_.Finish();
  for (const Trial& trial : std::vector<Trial>(laboratory.trials())) {
    laboratory.Move(trial.ordinal, TrialState::kSucceeded, ValueOf(trial));
  }

  EXPECT_TRUE(Ask(laboratory, 1).is_pending);
  tasks_.Finish();
  EXPECT_THAT(Ask(laboratory, 1).suggestions, SizeIs(1));
}

}  // namespace
}  // namespace hone::suggestion
