// Waiting clients, suggesters that answer later, stores that fail, and many threads.
#include <atomic>
#include <set>
#include <thread>

#include <gmock/gmock.h>

#include "controller/decide/ending.h"
#include "tests/controller/tuner/tuner_world.h"
#include "tests/support/faulty_store.h"

namespace hone::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WaitingTest : public TunerTest {};

TEST_F(WaitingTest, ServesTheFirstWaitingAskFirst) {
  const auto study = Create(R"("parallelTrialCount": 1)");
  GiveTrials(*study, "a");
  const AnAsk first(*study, "b");
  const AnAsk second(*study, "c");
  ASSERT_TRUE(study->HasWaiting());

  ASSERT_TRUE(study->Tell(1, {{{"loss", 1}}, {}}));
  EXPECT_THAT(first.ordinals(), ElementsAre(2));
  EXPECT_FALSE(second.has_answer());

  ASSERT_TRUE(study->Tell(2, {{{"loss", 1}}, {}}));
  EXPECT_THAT(second.ordinals(), ElementsAre(3));
  EXPECT_FALSE(study->HasWaiting());
}

TEST_F(WaitingTest, ForgetsACancelledAsk) {
  const auto study = Create(R"("parallelTrialCount": 1)");
  GiveTrials(*study, "a");
  const AnAsk gone(*study, "b");
  const AnAsk there(*study, "c");

  EXPECT_TRUE(study->Cancel(gone.ticket()));
  EXPECT_FALSE(study->Cancel(gone.ticket()));
  ASSERT_TRUE(study->Tell(1, {{{"loss", 1}}, {}}));

  EXPECT_FALSE(gone.has_answer());
  EXPECT_THAT(there.ordinals(), ElementsAre(2));
}

TEST_F(WaitingTest, IsOverWhenTheTunerCloses) {
  const auto study = Create(R"("parallelTrialCount": 1)");
  GiveTrials(*study, "a");
  const AnAsk before(*study, "b");

  tuner_->Close();
  const auto other = Create(R"("parallelTrialCount": 1)", "other");
  GiveTrials(*other, "a");
  const AnAsk after(*study, "b");
  const AnAsk elsewhere(*other, "b");

  for (const AnAsk* const ask : {&before, &after, &elsewhere}) {
    ASSERT_TRUE(ask->has_answer());
    EXPECT_EQ(ask->answer().error().code, Code::kUnavailable);
  }
  EXPECT_TRUE(study->Tell(1, {{{"loss", 1}}, {}}));
  GiveTrials(*study, "b");
}

/// Answers "pending" until `answer` is set.
class LateSuggester final : public suggestion::Suggester {
 public:
  explicit LateSuggester(std::shared_ptr<std::optional<Result<SuggestionBatch>>> answer)
      : answer_(std::move(answer)) {}
  Result<SuggestionBatch> Suggest(const Experiment& /*experiment*/,
                                  std::uint64_t /*first_ordinal*/,
                                  std::size_t /*count*/) override {
    return *answer_ ? **answer_ : SuggestionBatch{.is_pending = true};
  }

 private:
  std::shared_ptr<std::optional<Result<SuggestionBatch>>> answer_;
};

TEST_F(WaitingTest, IsWokenByASuggesterThatAnswersLater) {
  const auto answer = std::make_shared<std::optional<Result<SuggestionBatch>>>();
  Start([&](const Tuner::WakeStudy&) { return std::make_unique<LateSuggester>(answer); });
  const auto study = Create();
  const AnAsk waiting(*study, "a");
  study->Refresh();
  EXPECT_FALSE(waiting.has_answer());

  *answer = SuggestionBatch{.suggestions = {{.assignments = {{"x", "0.5"}}}}};
  study->Refresh();

  ASSERT_THAT(waiting.ordinals(), ElementsAre(1));
  EXPECT_EQ(waiting.answer()->trials.front().assignments.front().value, "0.5");
}

TEST_F(WaitingTest, GivesALateSuggestionToTheFirstWaitingAsk) {
  const auto answer = std::make_shared<std::optional<Result<SuggestionBatch>>>();
  Start([&](const Tuner::WakeStudy&) { return std::make_unique<LateSuggester>(answer); });
  const auto study = Create(R"("parallelTrialCount": 1)");
  const AnAsk first(*study, "a");
  *answer = SuggestionBatch{.suggestions = {{.assignments = {{"x", "0.5"}}}}};

  const AnAsk second(*study, "b");  // before the first Ask has been woken

  EXPECT_THAT(first.ordinals(), ElementsAre(1));
  EXPECT_FALSE(second.has_answer());
}

TEST_F(WaitingTest, FailsTheStudyThatItsSuggesterRefuses) {
  const auto answer = std::make_shared<std::optional<Result<SuggestionBatch>>>();
  *answer = Fail(Code::kInvalidArgument, "never");
  Start([&](const Tuner::WakeStudy&) { return std::make_unique<LateSuggester>(answer); });
  const auto study = Create();

  const AnAsk asked(*study, "a");

  ASSERT_TRUE(asked.has_answer());
  EXPECT_THAT(asked.ordinals(), IsEmpty());
  EXPECT_EQ(asked.answer()->state, StudyState::kFailed);
  EXPECT_THAT(asked.answer()->message, HasSubstr("never"));
  EXPECT_TRUE(Stored().status.Is(ConditionType::kFailed));
}

TEST_F(WaitingTest, GoesOnWithAStudyThatIsResumedAfterARefusal) {
  const auto answer = std::make_shared<std::optional<Result<SuggestionBatch>>>();
  *answer = Fail(Code::kInvalidArgument, "never");
  Start([&](const Tuner::WakeStudy&) { return std::make_unique<LateSuggester>(answer); });
  const auto study = Create();
  EXPECT_EQ(AnAsk(*study, "a").answer()->state, StudyState::kFailed);
  *answer = SuggestionBatch{.suggestions = {{.assignments = {{"x", "0.5"}}}}};
  Experiment resumed = Stored();
  resumed.annotations[kResumedAnnotation] =
      FormatTime(resumed.status.completion_time + Duration(1));
  ASSERT_TRUE(store_->UpdateSpec(resumed));

  EXPECT_THAT(AnAsk(*study, "a").ordinals(), ElementsAre(1));
  EXPECT_FALSE(Stored().status.IsCompleted());
}

TEST_F(WaitingTest, ForgetsTheErrorOfADeletedStudyOfTheSameName) {
  const auto answer = std::make_shared<std::optional<Result<SuggestionBatch>>>();
  *answer = Fail(Code::kInvalidArgument, "never");
  Start([&](const Tuner::WakeStudy&) { return std::make_unique<LateSuggester>(answer); });
  EXPECT_EQ(AnAsk(*Create(), "a").answer()->state, StudyState::kFailed);
  ASSERT_TRUE(store_->DeleteExperiment({"default", "study"}));
  *answer = SuggestionBatch{.suggestions = {{.assignments = {{"x", "0.5"}}}}};

  EXPECT_THAT(AnAsk(*Create(), "a").ordinals(), ElementsAre(1));
}

TEST_F(WaitingTest, GivesATrialToTheAskingClientWhateverTheSuggesterSays) {
  const auto answer = std::make_shared<std::optional<Result<SuggestionBatch>>>();
  *answer = SuggestionBatch{
      .suggestions = {{.assignments = {{"x", "0.5"}}, .labels = {{kClientLabel, "another"}}}}};
  Start([&](const Tuner::WakeStudy&) { return std::make_unique<LateSuggester>(answer); });

  EXPECT_THAT(AnAsk(*Create(), "a").ordinals(), ElementsAre(1));
  EXPECT_EQ(Stored().status.counts.created, 1);
}

TEST_F(WaitingTest, IsToldOfAStudyThatIsDeleted) {
  const auto study = Create(R"("parallelTrialCount": 1)");
  GiveTrials(*study, "a");
  const AnAsk waiting(*study, "b");
  ASSERT_TRUE(store_->DeleteExperiment({"default", "study"}));

  study->Refresh();

  ASSERT_TRUE(waiting.has_answer());
  EXPECT_EQ(waiting.answer().error().code, Code::kNotFound);
}

TEST_F(WaitingTest, HoldsMoreStudiesThanItKeeps) {
  Start();
  for (std::size_t i = 0; i < kStudiesMax + 20; ++i) {
    GiveTrials(*Create("", "study-" + std::to_string(i)), "a");
  }
  for (const std::size_t i : {std::size_t{0}, kStudiesMax + 19}) {
    const auto study = tuner_->Open({"default", "study-" + std::to_string(i)}).value();
    EXPECT_THAT(AnAsk(*study, "a").ordinals(), ElementsAre(1));
  }
  EXPECT_EQ(tuner_->Open({"default", "none"}).error().code, Code::kNotFound);
}

/// Retries a call until it succeeds, as gRPC clients do.
template <typename Call>
auto Insist(Call call) -> decltype(call()) {
  constexpr int kCallsMax = 1000;
  auto result = call();
  for (int calls = 1; !result && calls < kCallsMax; ++calls) {
    const bool has_died = result.error().code == Code::kCancelled;
    EXPECT_TRUE(has_died || result.error().IsRetryable()) << result.error().message;
    result = call();
  }
  return result;
}

class FaultyTunerTest : public TunerTest {
 protected:
  db::Store& served() override { return faulty_; }

  /// No study may stay open when the store crashes, because the process is gone.
  std::shared_ptr<SharedStudy> Study() {
    if (faulty_.crashed()) {
      faulty_.Revive();
      Start();
    }
    return tuner_->Open({"default", "study"}).value();
  }

  std::uint64_t AskFor(const std::string& client) {
    const auto asked = Insist([&]() -> Result<std::uint64_t> {
      const AnAsk ask(*Study(), client);
      if (!ask.answer()) {
        return tl::unexpected<Error>(ask.answer().error());
      }
      return ask.ordinals().at(0);
    });
    return asked.value();
  }

  FaultyStore faulty_{
      *store_,
      11,
      {.unavailable = 60, .done_but_unavailable = 60, .crash_before = 40, .crash_after = 40}};
};

TEST_F(FaultyTunerTest, LosesNothingAndCountsNothingTwiceWhateverTheStoreDoes) {
  constexpr std::uint64_t kTrials = 150;
  Start();
  Create(R"("algorithm": {"algorithmName": "tpe"})");
  for (std::uint64_t number = 1; number <= kTrials; ++number) {
    ASSERT_EQ(AskFor("a"), number);
    for (const std::int64_t step : {1, 2}) {
      const MetricValues value{
          {"loss", static_cast<double>(number * 10) + static_cast<double>(step)}};
      ASSERT_TRUE(Insist([&] { return Study()->Report(number, step, value); }));
    }
    const TrialOutcome outcome{{{"loss", static_cast<double>(number)}}, {}};
    const auto told = Insist([&] { return Study()->Tell(number, outcome); });
    ASSERT_TRUE(told) << told.error().message;
    ASSERT_EQ(store_->ListObservations({.attempt = told->attempt_id()})->size(), 3U);
  }

  const Experiment experiment = Stored();
  EXPECT_EQ(experiment.status.counts.created, static_cast<std::int64_t>(kTrials));
  EXPECT_EQ(experiment.status.counts.succeeded, static_cast<std::int64_t>(kTrials));
  EXPECT_EQ(experiment.status.optimal->ordinal, 1U);
}

TEST_F(WaitingTest, IsSharedByThreads) {
  constexpr int kThreads = 8;
  constexpr std::size_t kTrials = 400;
  const auto study = Create(R"("maxTrialCount": 400, "parallelTrialCount": 5)");
  std::atomic<std::size_t> told = 0;
  const auto work = [&](const std::string& client) {
    for (bool is_over = false; !is_over;) {
      std::atomic<int> state = -1;
      std::uint64_t ordinal = 0;
      study->Ask(client, 1, [&](const Result<Asked>& asked) {
        ordinal = asked && !asked->trials.empty() ? asked->trials.front().ordinal : 0;
        state = 1;
        state.notify_one();
      });
      state.wait(-1);
      is_over = ordinal == 0;
      if (!is_over) {
        EXPECT_TRUE(study->Report(ordinal, 1, {{"loss", 2}}));
        EXPECT_TRUE(study->Tell(ordinal, {{{"loss", 1}}, {}}));
        ++told;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back(work, "client-" + std::to_string(i));
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  EXPECT_EQ(told, kTrials);
  EXPECT_EQ(Stored().status.counts.succeeded, static_cast<std::int64_t>(kTrials));
  EXPECT_TRUE(Stored().status.Is(ConditionType::kSucceeded));
}

}  // namespace
}  // namespace hone::controller
