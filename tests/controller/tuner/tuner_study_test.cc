// The contract of a study towards its clients, on one thread.
#include <gmock/gmock.h>

#include "tests/controller/tuner/tuner_world.h"

namespace hone::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TunerStudyTest : public TunerTest {};

MetricValues Loss(double value) {
  return {{"loss", value}};
}

TEST_F(TunerStudyTest, GivesAClientTheTrialsThatItHasNotToldThenNewOnes) {
  const auto study = Create();

  EXPECT_THAT(AnAsk(*study, "a", 2).ordinals(), ElementsAre(1, 2));
  EXPECT_THAT(AnAsk(*study, "b").ordinals(), ElementsAre(3));
  EXPECT_THAT(AnAsk(*study, "a", 3).ordinals(), ElementsAre(1, 2, 4));
  ASSERT_TRUE(study->Tell(2, {Loss(0.5), {}}));
  EXPECT_THAT(AnAsk(*study, "a", 3).ordinals(), ElementsAre(1, 4, 5));
}

TEST_F(TunerStudyTest, KnowsItsClientsAfterANewBeginning) {
  GiveTrials(*Create(), "a", 2);
  Start();
  const auto study = tuner_->Open({"default", "study"}).value();

  EXPECT_THAT(AnAsk(*study, "a", 1).ordinals(), ElementsAre(1));
  EXPECT_THAT(AnAsk(*study, "b", 1).ordinals(), ElementsAre(3));
}

TEST_F(TunerStudyTest, StoresReportsOnceAlsoAfterANewBeginning) {
  GiveTrials(*Create(), "a");
  for (int life = 0; life < 3; ++life) {
    Start();
    const auto study = tuner_->Open({"default", "study"}).value();
    ASSERT_TRUE(study->Report(1, 1, Loss(0.5)));
    ASSERT_TRUE(study->Report(1, 2, Loss(0.25)));
  }
  const auto rows = store_->ListObservations({.attempt = {{"default", "study"}, 1, 1}}).value();

  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].step, 2);
  EXPECT_EQ(rows[1].value, "0.25");
}

TEST_F(TunerStudyTest, RefusesToEndATrialWithoutItsObjective) {
  const auto study = Create(R"("maxTrialCount": 4)");
  GiveTrials(*study, "a");

  const Result<Trial> told = study->Tell(1, {});

  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, Code::kInvalidArgument);
  EXPECT_THAT(told.error().message, HasSubstr("objective \"loss\""));
  EXPECT_EQ(Stored().status.counts.running, 1);
  ASSERT_TRUE(study->Report(1, 0, Loss(2)));
  EXPECT_EQ(study->Tell(1, {})->state, TrialState::kSucceeded);
}

TEST_F(TunerStudyTest, EndsWhenItsTrialsHaveAllBeenTold) {
  const auto study = Create(R"("maxTrialCount": 2, "maxFailedTrialCount": 2)");
  GiveTrials(*study, "a", 5);
  ASSERT_TRUE(study->Tell(2, {Loss(0.5), {}}));
  ASSERT_TRUE(study->Tell(1, {{}, "no memory"}));

  const AnAsk after(*study, "a");

  ASSERT_TRUE(after.has_answer());
  EXPECT_EQ(after.answer()->state, StudyState::kSucceeded);
  EXPECT_THAT(after.answer()->message, HasSubstr("number of trials"));
  EXPECT_EQ(Stored().status.optimal->ordinal, 2U);
  EXPECT_EQ(Stored().status.counts.failed, 1);
}

TEST_F(TunerStudyTest, FailsWhenTooManyTrialsHave) {
  const auto study = Create(R"("maxFailedTrialCount": 1, "maxTrialCount": 9)");
  GiveTrials(*study, "a", 2);

  EXPECT_EQ(study->Tell(1, {{}, "no memory"})->message, "no memory");

  EXPECT_THAT(AnAsk(*study, "a").ordinals(), ElementsAre(2)) << "what runs may be told";
  EXPECT_EQ(AnAsk(*study, "b").answer()->state, StudyState::kFailed);
}

TEST_F(TunerStudyTest, EndsWithItsSpace) {
  const auto study = Create(R"("parameters": [{"name": "x", "parameterType": "categorical",
      "feasibleSpace": {"list": ["a", "b"]}}], "algorithm": {"algorithmName": "grid"})");
  EXPECT_THAT(AnAsk(*study, "a", 5).ordinals(), ElementsAre(1, 2));
  const AnAsk waiting(*study, "b");
  EXPECT_FALSE(waiting.has_answer());

  ASSERT_TRUE(study->Tell(1, {Loss(1), {}}));
  EXPECT_FALSE(waiting.has_answer());
  ASSERT_TRUE(study->Tell(2, {Loss(2), {}}));

  ASSERT_TRUE(waiting.has_answer());
  EXPECT_EQ(waiting.answer()->state, StudyState::kSucceeded);
  EXPECT_THAT(waiting.answer()->message, HasSubstr("every point"));
}

TEST_F(TunerStudyTest, GivesNoTrialWhileSuspendedAndAcceptsResultsOfRunningOnes) {
  const auto study = Create(R"("parallelTrialCount": 2)");
  GiveTrials(*study, "a", 2);
  Experiment experiment = Stored();
  experiment.spec.suspend = true;
  ASSERT_TRUE(store_->UpdateSpec(experiment));

  EXPECT_EQ(study->Tell(1, {{}, "stopped"})->state, TrialState::kFailed) << "it is not run again";
  EXPECT_EQ(AnAsk(*study, "b").answer()->state, StudyState::kSuspended);
  EXPECT_TRUE(Stored().status.Is(ConditionType::kSuspended));

  experiment = Stored();
  experiment.spec.suspend = false;
  ASSERT_TRUE(store_->UpdateSpec(experiment));
  EXPECT_THAT(AnAsk(*study, "b").ordinals(), ElementsAre(3));
}

TEST_F(TunerStudyTest, TellsTheSameWordsAgainWithoutChange) {
  const auto study = Create();
  GiveTrials(*study, "a", 2);
  const Trial ended = study->Tell(1, {Loss(0.5), {}}).value();
  const Trial failed = study->Tell(2, {{}, "no"}).value();

  EXPECT_EQ(study->Tell(1, {Loss(0.5), {}}).value(), ended);
  EXPECT_EQ(study->Tell(1, {}).value(), ended);
  EXPECT_EQ(study->Tell(2, {{}, "no"}).value(), failed);
  for (const auto& [ordinal, outcome] : {std::pair<std::uint64_t, TrialOutcome>{1, {Loss(2), {}}},
                                         {1, {{}, "no"}},
                                         {2, {Loss(0.5), {}}}}) {
    EXPECT_EQ(study->Tell(ordinal, outcome).error().code, Code::kFailedPrecondition);
  }
}

TEST_F(TunerStudyTest, StopsATrialEarlyOnce) {
  const auto study = Create();
  GiveTrials(*study, "a", 2);
  ASSERT_TRUE(study->Report(1, 1, Loss(3)));

  ASSERT_TRUE(study->StopEarly(1));
  ASSERT_TRUE(study->StopEarly(1));

  const Trial trial = store_->ListTrials({.experiment = {"default", "study"}}).value().front();
  EXPECT_EQ(trial.state, TrialState::kEarlyStopped);
  EXPECT_EQ(trial.metrics.front().latest, "3");
  EXPECT_EQ(study->Tell(1, {{}, "pruned"}).value(), trial) << "what its client says of it";
  ASSERT_TRUE(study->Tell(2, {Loss(1), {}}));
  EXPECT_EQ(study->StopEarly(2).error().code, Code::kFailedPrecondition);
  EXPECT_EQ(study->StopEarly(3).error().code, Code::kNotFound);
}

TEST_F(TunerStudyTest, KeepsRowsThatAreNamedByOrderAlone) {
  const auto study = Create();
  GiveTrials(*study, "a");
  ASSERT_TRUE(study->Report(1, 1, Loss(3)));
  const Time when = clock_.Now();
  const Observation rows[] = {{.metric = "loss", .value = "2", .time = when},
                              {.metric = "other", .value = "x", .time = when},
                              {.metric = "loss", .value = "1", .time = when}};

  ASSERT_TRUE(study->Append(1, rows));

  const auto stored = store_->ListObservations({.attempt = {{"default", "study"}, 1, 1}}).value();
  ASSERT_EQ(stored.size(), 4U);
  EXPECT_EQ(stored[1], (Observation{2, "loss", 2, "2", when}));
  EXPECT_EQ(stored[2], (Observation{3, "other", 1, "x", when}));
  EXPECT_EQ(stored[3], (Observation{4, "loss", 3, "1", when}));
  EXPECT_EQ(study->Tell(1, {})->metrics.front().min, "1");
}

TEST_F(TunerStudyTest, TakesTheToldValueForTheLastWhateverClocksSay) {
  const auto study = Create();
  GiveTrials(*study, "a");
  const Observation ahead[] = {
      {.metric = "loss", .value = "0.9", .time = clock_.Now() + std::chrono::hours(1)}};
  ASSERT_TRUE(study->Append(1, ahead));

  EXPECT_EQ(study->Tell(1, {Loss(0.5), {}})->metrics.front().latest, "0.5");
  EXPECT_TRUE(study->Tell(1, {Loss(0.5), {}}));
}

TEST_F(TunerStudyTest, CutsALongFailureBetweenCharacters) {
  const auto study = Create();
  GiveTrials(*study, "a");
  std::string failure = "a";
  while (failure.size() < 6000) {
    failure += "\u00e9";
  }

  EXPECT_EQ(study->Tell(1, {{}, failure})->message, failure.substr(0, 4095));
}

TEST(ReportedRows, KnowsStepsCountsAndTheLastNumber) {
  ReportedRows rows;
  rows.Add(std::vector<Observation>{{.sequence = 1, .metric = "a", .step = 4, .value = "1"},
                                    {.sequence = 2, .metric = "b", .step = 4, .value = "1"},
                                    {.sequence = 3, .metric = "a", .step = 9, .value = "1"}});

  EXPECT_TRUE(rows.Has("a", 4));
  EXPECT_FALSE(rows.Has("b", 9));
  EXPECT_FALSE(rows.Has("c", 4));
  EXPECT_EQ(rows.CountOf("a"), 2);
  EXPECT_EQ(rows.CountOf("c"), 0);
  EXPECT_EQ(rows.last_sequence(), 3U);
}

}  // namespace
}  // namespace hone::controller
