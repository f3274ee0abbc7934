#include "tests/db/store_contract.h"

#include "db/sqlite/sqlite_store.h"
#include "db/sqlite/store_care.h"
#include "db/store/memory_store.h"

namespace hone::db {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_P(StoreContract, KeepsANewExperimentAsItWasGiven) {
  Experiment given = AnExperiment();

  const Experiment created = store().CreateExperiment(given).value();

  given.version = 1;
  given.generation = 1;
  EXPECT_EQ(created, given);
  EXPECT_EQ(store().GetExperiment(given.key).value(), given);
}

TEST_P(StoreContract, RefusesASecondExperimentOfTheSameName) {
  ASSERT_TRUE(store().CreateExperiment(AnExperiment()));

  EXPECT_EQ(CodeOf(store().CreateExperiment(AnExperiment())), Code::kAlreadyExists);
  EXPECT_EQ(Changes().size(), 1U);
}

TEST_P(StoreContract, SaysWhenThereIsNoSuchExperiment) {
  const ExperimentKey nobody{"default", "nobody"};

  EXPECT_EQ(CodeOf(store().GetExperiment(nobody)), Code::kNotFound);
  EXPECT_EQ(CodeOf(store().DeleteExperiment(nobody)), Code::kNotFound);
  EXPECT_EQ(CodeOf(store().UpdateSpec(AnExperiment("nobody"))), Code::kNotFound);
  EXPECT_THAT(store().ListTrials({.experiment = nobody}).value(), IsEmpty());
  EXPECT_THAT(store().ListObservations({.attempt = {nobody, 1, 1}}).value(), IsEmpty());
}

TEST_P(StoreContract, ListsExperimentsInOrderOfTheirKeys) {
  for (const char* const name : {"b", "B", "a", "a-1"}) {
    ASSERT_TRUE(store().CreateExperiment(AnExperiment(name)));
  }
  Experiment elsewhere = AnExperiment("a");
  elsewhere.key.ns = "other";
  ASSERT_TRUE(store().CreateExperiment(elsewhere));

  std::vector<std::string> keys;
  const std::vector<Experiment> experiments = store().ListExperiments("").value();
  for (const Experiment& experiment : experiments) {
    keys.push_back(experiment.key.ToString());
  }

  EXPECT_THAT(keys, ElementsAre("default/B", "default/a", "default/a-1", "default/b", "other/a"));
  EXPECT_EQ(store().ListExperiments("other").value().size(), 1U);
}

TEST_P(StoreContract, ListsExperimentsInPages) {
  for (const ExperimentKey& key : std::initializer_list<ExperimentKey>{
           {"a", "x"}, {"b", "B"}, {"b", "a"}, {"b", "\xC3\xA9"}, {"b-1", "a"}, {"c", "a"}}) {
    Experiment experiment = AnExperiment(key.name);
    experiment.key = key;
    ASSERT_TRUE(store().CreateExperiment(experiment));
  }
  const auto list = [&](const std::string& ns, const ExperimentKey& after, std::size_t limit) {
    const std::vector<Experiment> page = store().ListExperiments(ns, after, limit).value();
    std::vector<std::string> keys;
    for (const Experiment& experiment : page) {
      keys.push_back(experiment.key.ToString());
    }
    return keys;
  };

  EXPECT_THAT(list("", {"", ""}, 2), ElementsAre("a/x", "b/B"));
  EXPECT_THAT(list("", {"b", "B"}, 3), ElementsAre("b/a", "b/\xC3\xA9", "b-1/a"));
  EXPECT_THAT(list("", {"b", "between"}, 1), ElementsAre("b/\xC3\xA9"));
  EXPECT_THAT(list("", {"c", "a"}, 9), IsEmpty());
  EXPECT_THAT(list("", {"", ""}, 0), IsEmpty());
  EXPECT_THAT(list("b", {"", ""}, 2), ElementsAre("b/B", "b/a"));
  EXPECT_THAT(list("b", {"a", "x"}, 9), ElementsAre("b/B", "b/a", "b/\xC3\xA9"));
  EXPECT_THAT(list("b", {"b", "a"}, 9), ElementsAre("b/\xC3\xA9"));
  EXPECT_THAT(list("b", {"b-1", "a"}, 9), IsEmpty());
}

TEST_P(StoreContract, GrowsTheGenerationOnlyIfTheSpecChanged) {
  Experiment experiment = store().CreateExperiment(AnExperiment()).value();

  experiment.labels["team"] = "speech";
  const Experiment relabelled = store().UpdateSpec(experiment).value();
  experiment = relabelled;
  experiment.spec.max_trial_count = 20;
  const Experiment enlarged = store().UpdateSpec(experiment).value();

  EXPECT_EQ(relabelled.generation, 1);
  EXPECT_EQ(relabelled.labels.at("team"), "speech");
  EXPECT_EQ(enlarged.generation, 2);
  EXPECT_EQ(enlarged.version, 3);
  EXPECT_EQ(store().GetExperiment(experiment.key).value(), enlarged);
}

TEST_P(StoreContract, UpdatesASpecOnlyFromTheVersionThatWasRead) {
  const Experiment read = store().CreateExperiment(AnExperiment()).value();
  ASSERT_TRUE(store().UpdateSpec(read));

  EXPECT_EQ(CodeOf(store().UpdateSpec(read)), Code::kAborted);
}

TEST_P(StoreContract, DeletesAnExperimentWithAllThatIsItsOwn) {
  Story kept(store(), "kept");
  kept.Create();
  Story story(store());
  const AttemptId attempt = story.Create().attempt_id();
  story.Observe(attempt, {AnObservation(1)});

  ASSERT_TRUE(store().DeleteExperiment(story.key()));
  ASSERT_TRUE(store().CreateExperiment(AnExperiment()));

  EXPECT_THAT(story.Trials(), IsEmpty());
  EXPECT_THAT(store().ListObservations({.attempt = attempt}).value(), IsEmpty());
  EXPECT_THAT(Ordinals(kept.Trials()), ElementsAre(1));
  EXPECT_THAT(Faults(), Each(Not(HasSubstr("without"))));  // an experiment, or a trial
}

TEST_P(StoreContract, SyncsAtAnyTime) {
  EXPECT_TRUE(store().Sync());
  Story story(store());
  story.Create();
  EXPECT_TRUE(store().Sync());
  EXPECT_TRUE(store().Sync());
}

INSTANTIATE_TEST_SUITE_P(
    Stores,
    StoreContract,
    testing::Values(Implementation{"Memory",
                                   [](const auto&, const StoreTerms& terms) {
                                     return MakeMemoryStore(*terms.clock, terms.retention);
                                   },
                                   nullptr},
                    Implementation{"Sqlite",
                                   [](const std::filesystem::path& folder,
                                      const StoreTerms& terms) -> std::unique_ptr<Store> {
                                     return OpenSqliteStore(folder / "store.db",
                                                            SqliteAccess::kReadWrite,
                                                            {terms.retention, terms.clock})
                                         .value();
                                   },
                                   [](const std::filesystem::path& folder) {
                                     return ExamineSqliteStore(folder / "store.db").value().faults;
                                   }}),
    [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace hone::db
