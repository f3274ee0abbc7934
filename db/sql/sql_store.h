// SqlStore: the Store on a SQL database, whichever it is. It knows every statement and no
// database: connections and transactions come from a Database. Thread-safe.
#pragma once

#include <memory>

#include "db/sql/database.h"
#include "db/sql/sql_observation_logs.h"
#include "db/store/store.h"
#include "proto/model/time.h"

namespace hone::db {

class SqlStore final : public Store {
 public:
  /// The database has this program's schema. `clock` dates the events and must outlive the store.
  SqlStore(std::unique_ptr<Database> database, const Clock& clock);

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
  Result<std::vector<Event>> ChangesSince(std::uint64_t cursor, std::size_t limit) override;
  Status Sync() override;

  /// The identity that the database got when it was made.
  Result<std::string> StoreId();
  /// On the same connections; lives as long as the store.
  [[nodiscard]] ObservationLogs& observation_logs() { return observation_logs_; }

 private:
  std::unique_ptr<Database> database_;
  SqlObservationLogs observation_logs_;
  const Clock& clock_;
};

}  // namespace hone::db
