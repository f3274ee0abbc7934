// SqlStore: the Store on any SQL database. It owns the statements and is independent of the
// database: connections and transactions come from a Database. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "db/sql/change_writer.h"
#include "db/sql/database.h"
#include "db/sql/place.h"
#include "db/sql/sql_observation_logs.h"
#include "db/store/change_signal.h"
#include "db/store/log_retention.h"
#include "db/store/store.h"
#include "proto/core/time.h"

namespace hone::db {

class SqlStore final : public Store {
 public:
  /// The database must have this program's schema. `clock` provides the times of changes and must
  /// outlive the store.
  SqlStore(std::unique_ptr<Database> database, const Clock& clock, const LogRetention& retention);

  Result<Experiment> CreateExperiment(const Experiment& experiment) override;
  Result<Experiment> GetExperiment(const ExperimentKey& key) override;
  using Store::ListExperiments;
  Result<std::vector<Experiment>> ListExperiments(const std::string& ns,
                                                  const ExperimentKey& after,
                                                  std::size_t limit) override;
  Result<Experiment> UpdateSpec(const Experiment& experiment) override;
  Status DeleteExperiment(const ExperimentKey& key) override;

  Result<std::uint64_t> AcquireEpoch() override;
  Status Commit(Transition& transition) override;

  Result<std::vector<Trial>> ListTrials(const TrialQuery& query) override;
  Result<std::vector<Observation>> ListObservations(const ObservationQuery& query) override;
  Result<std::vector<Change>> ChangesSince(std::uint64_t cursor, std::size_t limit) override;
  Result<std::uint64_t> NewestChange() override;
  Result<bool> WaitForChange(std::uint64_t cursor,
                             std::chrono::steady_clock::time_point deadline) override;
  void EndWaits() override;
  Status Sync() override;

  /// The identity that the database got when it was created. It distinguishes the store's trials
  /// from those of other stores.
  [[nodiscard]] Result<std::string> StoreId();
  /// Uses the same connections; lives as long as the store.
  [[nodiscard]] ObservationLogs& observation_logs() { return observation_logs_; }

 private:
  using LoggedWork = std::function<Status(Driver&, const Place&, ChangeWriter&)>;
  /// Runs `work`, which writes to the experiment of that key and to the log, in a transaction; then
  /// wakes the threads that wait for a change.
  [[nodiscard]] Status Write(const ExperimentKey& key, const LoggedWork& work);

  const Clock& clock_;
  const LogRetention retention_;
  /// Declared before the database, whose watcher thread calls Stir until the database is destroyed.
  ChangeSignal signal_;
  std::unique_ptr<Database> database_;
  SqlObservationLogs observation_logs_;
};

}  // namespace hone::db
