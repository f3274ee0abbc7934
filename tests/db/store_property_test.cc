// A store in memory and one on SQLite get the same random calls and must return the same results.
#include <map>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/sqlite/sqlite_store.h"
#include "db/store/memory_store.h"
#include "db/store/transition.h"
#include "tests/db/nouns.h"
#include "tests/db/standing_clock.h"
#include "tests/temporary_folder.h"

namespace hone::db {
namespace {

template <typename T>
void ExpectSame(const Result<T>& a, const Result<T>& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (a.has_value()) {
    EXPECT_EQ(*a, *b);
  } else {
    EXPECT_EQ(a.error(), b.error());
  }
}

void ExpectSame(const Status& a, const Status& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (!a.has_value()) {
    EXPECT_EQ(a.error(), b.error());
  }
}

class Rivals {
 public:
  explicit Rivals(std::uint32_t seed)
      : random_(seed),
        sqlite_(
            OpenSqliteStore(folder_ / "store.db", SqliteAccess::kReadWrite, {kRetention, &clock_})
                .value()) {}

  void DoSomething() {
    clock_.now += std::chrono::seconds(Pick(3));
    switch (Pick(10)) {
      case 0:
        return Create();
      case 1:
        return UpdateSpec();
      case 2:
        return Pick(4) == 0 ? Delete() : Acquire();
      default:
        return Commit();
    }
  }

  void Compare() {
    ExpectSame(memory_->ListExperiments(""), sqlite_->ListExperiments(""));
    ExpectSame(memory_->NewestChange(), sqlite_->NewestChange());
    const std::uint64_t cursor = AnyCursor();
    ExpectSame(memory_->ChangesSince(cursor, 20), sqlite_->ChangesSince(cursor, 20));
    TrialQuery query{.experiment = AnyKey()};
    for (std::uint64_t i = Pick(3); i > 0; --i) {
      query.states.push_back(AnyState());
    }
    query.after_ordinal = Pick(3);
    query.changed_since = Pick(2) * AnyCursor();
    query.descending = Pick(2) == 0;
    query.limit = Pick(2) == 0 ? SIZE_MAX : Pick(4);
    ExpectSame(memory_->ListTrials(query), sqlite_->ListTrials(query));
    const ObservationQuery observed{.attempt = AnyAttempt(),
                                    .metric = Pick(2) == 0 ? "" : "accuracy",
                                    .after_sequence = Pick(3),
                                    .limit = 1 + Pick(9)};
    ExpectSame(memory_->ListObservations(observed), sqlite_->ListObservations(observed));
  }

 private:
  std::uint64_t Pick(std::uint64_t below) { return random_() % below; }
  TrialState AnyState() { return static_cast<TrialState>(Pick(7)); }
  ExperimentKey AnyKey() { return {"default", Pick(2) == 0 ? "a" : "b"}; }
  AttemptId AnyAttempt() { return {AnyKey(), 1 + Pick(4), static_cast<std::int32_t>(Pick(2))}; }

  /// A cursor; usually one that the log still reaches back to.
  std::uint64_t AnyCursor() {
    const std::uint64_t newest = memory_->NewestChange().value();
    return Pick(10) == 0 || newest < 40 ? Pick(45) : newest + 2 - Pick(40);
  }

  void Create() {
    const Experiment experiment = AnExperiment(AnyKey().name);
    ExpectSame(memory_->CreateExperiment(experiment), sqlite_->CreateExperiment(experiment));
  }

  void UpdateSpec() {
    const ExperimentKey key = AnyKey();
    Experiment experiment = memory_->GetExperiment(key).value_or(AnExperiment(key.name));
    experiment.version -= static_cast<std::int64_t>(Pick(2));
    experiment.spec.max_trial_count = static_cast<std::int32_t>(Pick(3));
    ExpectSame(memory_->UpdateSpec(experiment), sqlite_->UpdateSpec(experiment));
  }

  void Delete() {
    const ExperimentKey key = AnyKey();
    ExpectSame(memory_->DeleteExperiment(key), sqlite_->DeleteExperiment(key));
  }

  void Acquire() {
    const Result<std::uint64_t> epoch = memory_->AcquireEpoch();
    ExpectSame(epoch, sqlite_->AcquireEpoch());
    epoch_ = *epoch;
  }

  void Commit() {
    const ExperimentKey key = AnyKey();
    Transition transition;
    transition.epoch = epoch_ - (Pick(20) == 0 && epoch_ > 0 ? 1 : 0);
    transition.experiment = memory_->GetExperiment(key).value_or(AnExperiment(key.name));
    transition.experiment.version -= Pick(20) == 0 ? 1 : 0;
    transition.experiment_changed_state = Pick(4) == 0;
    transition.experiment.status.start_time = Time(Duration(Pick(9)));
    AddTrials(transition);
    if (Pick(2) == 0) {
      AttemptId attempt = AnyAttempt();
      attempt.experiment = key;
      transition.observations = {{attempt, {AnObservation(Pick(6)), AnObservation(Pick(6))}}};
    }
    Transition copy = transition;

    ExpectSame(memory_->Commit(transition), sqlite_->Commit(copy));

    EXPECT_EQ(transition.experiment, copy.experiment);
    EXPECT_EQ(transition.created, copy.created);
    EXPECT_EQ(transition.updated, copy.updated);
  }

  void AddTrials(Transition& transition) {
    const Experiment& experiment = transition.experiment;
    const auto trials = memory_->ListTrials({.experiment = experiment.key}).value();
    for (std::uint64_t i = 1; i <= Pick(3); ++i) {
      const std::uint64_t skipped = Pick(20) == 0 ? 1 : 0;
      transition.created.push_back(ATrial(experiment, trials.size() + i + skipped));
    }
    for (const Trial& trial : trials) {
      if (Pick(4) == 0 && CanMove(trial.state, TrialState::kFailed)) {
        transition.updated.push_back(Moved(trial, AnyState()));
        transition.updated.back().version -= Pick(20) == 0 ? 1 : 0;
        transition.updated.back().assignments.clear();
      }
    }
  }

  std::mt19937 random_;
  TemporaryFolder folder_;
  /// So small that the log is trimmed continuously, by rows and by age.
  static constexpr LogRetention kRetention{.rows = 48, .age = std::chrono::seconds(20)};
  StandingClock clock_;
  const std::unique_ptr<Store> memory_ = MakeMemoryStore(clock_, kRetention);
  const std::unique_ptr<Store> sqlite_;
  std::uint64_t epoch_ = 0;
};

TEST(StoreProperty, MemoryAndSqliteAnswerTheSame) {
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rivals rivals(seed);
    for (int step = 0; step < 120 && !testing::Test::HasFailure(); ++step) {
      rivals.DoSomething();
      rivals.Compare();
    }
  }
}

}  // namespace
}  // namespace hone::db
