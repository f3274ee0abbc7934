// One writing transaction at a time: looks for the orphaned rows that two concurrent transactions
// on the same rows, from two processes, would leave behind.
#include <atomic>
#include <set>
#include <thread>

#include "tests/db/store_contract.h"

namespace hone::db {
namespace {

using testing::IsEmpty;

/// The only errors allowed are those of a transaction that lost a race.
void ExpectOvertakenAtMost(const Status& status) {
  if (!status) {
    EXPECT_THAT(status.error().code, testing::AnyOf(Code::kAborted, Code::kNotFound))
        << status.error().message;
  }
}

/// Adds a trial to the experiment that has the key now, if it exists.
void AddTrial(Store& store, const ExperimentKey& key, std::uint64_t epoch) {
  const Result<Experiment> read = store.GetExperiment(key);
  if (!read) {
    return;
  }
  const std::uint64_t ordinal = store.ListTrials({.experiment = key})->size() + 1;
  Transition transition;
  transition.epoch = epoch;
  transition.experiment = *read;
  transition.created = {ATrial(*read, ordinal)};
  transition.observations = {{transition.created[0].attempt_id(), {AnObservation(1)}}};
  TrialCounts& counts = transition.experiment.status.counts;
  counts.created = counts.pending = static_cast<std::int64_t>(ordinal);
  ExpectOvertakenAtMost(store.Commit(transition));
}

/// Deletes the experiment and creates another one with the same name.
void Replace(Store& store, const Experiment& experiment) {
  const Status deleted = store.DeleteExperiment(experiment.key);
  EXPECT_TRUE(deleted) << deleted.error().message;
  const auto created = store.CreateExperiment(experiment);
  EXPECT_TRUE(created) << created.error().message;
}

TEST_P(StoreContract, LeavesNoOrphansWhenACommitMeetsADeletion) {
  constexpr int kRounds = 200;
  const std::uint64_t epoch = store().AcquireEpoch().value();
  Experiment experiment = store().CreateExperiment(AnExperiment()).value();
  Store& elsewhere = OpenedElsewhere();

  std::atomic<bool> is_over = false;
  std::thread committer([&, key = experiment.key] {
    while (!is_over) {
      AddTrial(elsewhere, key, epoch);
    }
  });
  for (int round = 1; round <= kRounds; ++round) {
    experiment.uid = "uid-" + std::to_string(round);
    Replace(store(), experiment);
  }
  is_over = true;
  committer.join();

  EXPECT_THAT(Faults(), IsEmpty());
  std::set<std::string> deleted;
  for (const Change& change : Changes()) {
    EXPECT_FALSE(deleted.contains(change.uid)) << "change " << change.sequence;
    if (change.action == ChangeAction::kDeleted) {
      deleted.insert(change.uid);
    }
  }
  EXPECT_EQ(deleted.size(), std::size_t{kRounds});
}

}  // namespace
}  // namespace hone::db
