#include "suggestion/engine/in_process_suggester.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/suggestion/experiments.h"
#include "tests/support/forwarding_store.h"

namespace hone::suggestion {
namespace {

// Counts the rows that are read from a store.
class CountingStore final : public db::ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;

  Result<std::vector<Trial>> ListTrials(const db::TrialQuery& query) override {
    ++calls;
    auto trials = ForwardingStore::ListTrials(query);
    rows += trials ? trials->size() : 0;
    return trials;
  }
  Result<std::vector<db::Change>> ChangesSince(std::uint64_t cursor, std::size_t limit) override {
    ++calls;
    auto changes = ForwardingStore::ChangesSince(cursor, limit);
    rows += changes ? changes->size() : 0;
    return changes;
  }
  Result<std::uint64_t> NewestChange() override {
    ++calls;
    return ForwardingStore::NewestChange();
  }

  std::size_t calls = 0;
  std::size_t rows = 0;
};

class InProcessSuggesterTest : public ::testing::Test {
 protected:
  SuggestionBatch Suggest(Suggester& suggester, std::size_t count) {
    store_.calls = 0;
    store_.rows = 0;
    SuggestionBatch batch =
        suggester.Suggest(laboratory_.experiment(), laboratory_.next_ordinal(), count).value();
    batch.suggestions.resize(count);  // the suggester may return more, for later trials
    return batch;
  }

  Laboratory laboratory_{AnExperiment({Ints("1", "100000")})};
  CountingStore store_{laboratory_.store()};
};

TEST_F(InProcessSuggesterTest, ReadsOnlyNewTrialsHoweverLongTheHistory) {
  const auto suggester = MakeInProcessSuggester(store_);
  laboratory_.Create(Suggest(*suggester, 5000));
  laboratory_.Create(Suggest(*suggester, 1));

  laboratory_.Move(5001, TrialState::kRunning);
  laboratory_.Move(7, TrialState::kRunning);
  laboratory_.Move(7, TrialState::kSucceeded, "0.5");
  Suggest(*suggester, 1);

  EXPECT_LE(store_.calls, 2u);
  EXPECT_EQ(store_.rows, 2u);  // trials 7 and 5001
}

TEST_F(InProcessSuggesterTest, ReadsNothingTwice) {
  const auto suggester = MakeInProcessSuggester(store_);
  laboratory_.Create(Suggest(*suggester, 3000));
  Suggest(*suggester, 1);

  Suggest(*suggester, 1);

  EXPECT_EQ(store_.rows, 0u);
}

TEST_F(InProcessSuggesterTest, LearnsAnewWhenATrialThatFailedRunsAgain) {
  Experiment learning = AnExperiment({Continuous()}, "learning");
  learning.spec.algorithm = AlgorithmSpec{"tpe", {}};
  laboratory_.Add(learning);
  const auto lived_on = MakeInProcessSuggester(store_);
  laboratory_.Create(Suggest(*lived_on, 30));
  for (std::uint64_t ordinal = 1; ordinal <= 30; ++ordinal) {
    laboratory_.Move(ordinal, TrialState::kFailed);
  }
  Suggest(*lived_on, 1);

  for (std::uint64_t ordinal = 1; ordinal <= 30; ++ordinal) {
    laboratory_.Move(ordinal, TrialState::kCreated);
    laboratory_.Move(ordinal, TrialState::kRunning);
    if (ordinal % 2 == 0) {
      Suggest(*lived_on, 1);
    }
    laboratory_.Move(
        ordinal, TrialState::kSucceeded, laboratory_.trials()[ordinal - 1].assignments[0].value);
  }

  EXPECT_EQ(Suggest(*lived_on, 5).suggestions,
            Suggest(*MakeInProcessSuggester(store_), 5).suggestions);
}

TEST_F(InProcessSuggesterTest, FindsTheEndOfALongLogWithoutReadingIt) {
  laboratory_.Create(Suggest(*MakeInProcessSuggester(store_), 20'000));
  laboratory_.Add(AnExperiment({Continuous()}, "small"));

  Suggest(*MakeInProcessSuggester(store_), 1);

  EXPECT_LE(store_.calls, 2u);
  EXPECT_EQ(store_.rows, 0u);
}

}  // namespace
}  // namespace hone::suggestion
