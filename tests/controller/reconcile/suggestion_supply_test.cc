#include "controller/reconcile/suggestion_supply.h"

#include <algorithm>
#include <optional>

#include <gtest/gtest.h>

#include "db/store/transition.h"
#include "tests/support/builders.h"

namespace hone::controller {
namespace {

/// Answers at once with the requested number of suggestions.
class QuickSuggester final : public suggestion::Suggester {
 public:
  Result<SuggestionBatch> Suggest(const Experiment& /*experiment*/,
                                  std::uint64_t first_ordinal,
                                  std::size_t count) override {
    ++calls;
    last_first_ordinal = first_ordinal;
    if (failure) {
      return tl::unexpected<Error>(*failure);
    }
    SuggestionBatch batch{.suggestions = {}, .ask_early = ask_early, .remembers = remembers};
    batch.suggestions.resize(std::min(count, most));
    return batch;
  }

  std::size_t ask_early = 2;
  bool remembers = false;
  std::size_t most = 100;
  std::optional<Error> failure;
  int calls = 0;
  std::uint64_t last_first_ordinal = 0;
};

/// Turns available suggestions into trials; returns how many.
std::size_t Use(SuggestionSupply& supply, Experiment& experiment, std::size_t count = 100) {
  db::Transition transition{.experiment = experiment};
  supply.AddTrials(count, {}, At(1), transition);
  experiment = transition.experiment;
  return transition.created.size();
}

TEST(SuggestionSupply, AsksEarlyOnlyIfTheSuggesterWantsItAndNothingIsAtHand) {
  Experiment experiment = AnExperiment().Build();
  QuickSuggester suggester;
  SuggestionSupply supply(suggester);
  ASSERT_TRUE(supply.AskEarly(experiment, 0));
  EXPECT_EQ(suggester.calls, 0) << "it has not said so yet";

  ASSERT_TRUE(supply.Ask(experiment, 1));
  ASSERT_TRUE(supply.AskEarly(experiment, 0));
  EXPECT_EQ(suggester.calls, 1) << "there is one";
  EXPECT_EQ(Use(supply, experiment), 1U);

  ASSERT_TRUE(supply.AskEarly(experiment, 0));
  EXPECT_EQ(suggester.last_first_ordinal, 2U);
  EXPECT_EQ(Use(supply, experiment), 2U);

  suggester.ask_early = 0;
  ASSERT_TRUE(supply.Ask(experiment, 1));
  Use(supply, experiment);
  ASSERT_TRUE(supply.AskEarly(experiment, 0));
  EXPECT_EQ(suggester.calls, 3);
}

TEST(SuggestionSupply, AsksEarlyForMissingSuggestionsToo) {
  Experiment experiment = AnExperiment().Build();
  QuickSuggester suggester;
  SuggestionSupply supply(suggester);
  ASSERT_TRUE(supply.Ask(experiment, 1));
  Use(supply, experiment);

  ASSERT_TRUE(supply.AskEarly(experiment, 3));

  EXPECT_EQ(Use(supply, experiment), 3U);
}

TEST(SuggestionSupply, AsksForMoreWhileSomeAreLeftIfTheSuggesterRemembersThem) {
  Experiment experiment = AnExperiment().Build();
  QuickSuggester suggester;
  suggester.remembers = true;
  suggester.ask_early = 3;
  SuggestionSupply supply(suggester);
  ASSERT_TRUE(supply.Ask(experiment, 1));

  ASSERT_TRUE(supply.AskEarly(experiment, 0));
  EXPECT_EQ(suggester.last_first_ordinal, 2U) << "one is at hand";
  EXPECT_EQ(Use(supply, experiment, 1), 1U);
  ASSERT_TRUE(supply.AskEarly(experiment, 0));
  EXPECT_EQ(suggester.last_first_ordinal, 4U) << "trial 1, and two at hand";
  ASSERT_TRUE(supply.AskEarly(experiment, 0));
  EXPECT_EQ(suggester.calls, 3);

  EXPECT_EQ(Use(supply, experiment), 3U);
}

TEST(SuggestionSupply, AsksEarlyForNoMoreThanTheExperimentMayHave) {
  Experiment experiment = AnExperiment().Max(3).Build();
  QuickSuggester suggester;
  SuggestionSupply supply(suggester);
  ASSERT_TRUE(supply.Ask(experiment, 1));
  Use(supply, experiment);

  ASSERT_TRUE(supply.AskEarly(experiment, 9));
  EXPECT_EQ(Use(supply, experiment), 2U);
  ASSERT_TRUE(supply.AskEarly(experiment, 9));
  EXPECT_EQ(suggester.calls, 2);

  experiment.spec.max_trial_count = 9;
  experiment.spec.suspend = true;
  ASSERT_TRUE(supply.AskEarly(experiment, 9));
  EXPECT_EQ(suggester.calls, 2);
}

TEST(SuggestionSupply, WaitsForAnEndAfterTooFewSuggestions) {
  Experiment experiment = AnExperiment().Build();
  QuickSuggester suggester;
  suggester.most = 1;
  SuggestionSupply supply(suggester);
  ASSERT_TRUE(supply.Ask(experiment, 2));
  Use(supply, experiment);

  EXPECT_TRUE(supply.WaitsForAnEnd(0));
  ASSERT_TRUE(supply.AskEarly(experiment, 2));
  EXPECT_EQ(suggester.calls, 1);
  EXPECT_FALSE(supply.WaitsForAnEnd(1));
}

TEST(SuggestionSupply, TellsTransientFromPermanentErrors) {
  const Experiment experiment = AnExperiment().Build();
  QuickSuggester suggester;
  SuggestionSupply supply(suggester);

  suggester.failure = Error{Code::kUnavailable, "later"};
  EXPECT_FALSE(supply.Ask(experiment, 1));
  EXPECT_FALSE(supply.failure());

  suggester.failure = Error{Code::kInvalidArgument, "never"};
  EXPECT_TRUE(supply.Ask(experiment, 1));
  EXPECT_EQ(supply.failure(), "never");
}

}  // namespace
}  // namespace hone::controller
