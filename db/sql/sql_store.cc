#include "db/sql/sql_store.h"

#include <optional>
#include <utility>

#include "db/sql/rows.h"
#include "db/sql/statements.h"
#include "db/sql/transition_writer.h"
#include "db/sql/trial_query.h"
#include "db/store/rejections.h"

namespace hone::db {
namespace {

Result<Experiment> ReadExperiment(Driver& driver, const ExperimentKey& key) {
  const std::string statement = std::string(sql::kSelectExperiments) + std::string(sql::kWithKey);
  std::optional<Experiment> found;
  HONE_RETURN_IF_ERROR(driver.Query(statement, {key.ns, key.name}, [&](const Row& row) -> Status {
    HONE_ASSIGN_OR_RETURN(found, ReadExperimentRow(row));
    return {};
  }));
  if (!found) {
    return NoSuchExperiment(key);
  }
  return *std::move(found);
}

/// The experiment's number in the database, if `version` was the stored one.
Result<std::int64_t> TakeNextVersion(Driver& driver,
                                     const ExperimentKey& key,
                                     std::int64_t version) {
  HONE_ASSIGN_OR_RETURN(const std::int64_t id, FindExperiment(driver, key));
  HONE_ASSIGN_OR_RETURN(const std::int64_t changed,
                        driver.Execute(sql::kNextVersion, {id, version}));
  if (changed == 0) {
    return ExperimentMovedOn(key, version);
  }
  return id;
}

Status InsertStatus(Driver& driver, std::int64_t id, const ExperimentStatus& status) {
  const TrialCounts& counts = status.counts;
  const Value none;
  HONE_RETURN_IF_ERROR(
      driver.Execute(sql::kInsertExperimentStatus,
                     {id,
                      ToInteger(status.start_time),
                      ToInteger(status.completion_time),
                      WriteConditionsText(status.conditions),
                      counts.created,
                      counts.pending,
                      counts.running,
                      counts.succeeded,
                      counts.failed,
                      counts.killed,
                      counts.early_stopped,
                      counts.metrics_unavailable,
                      status.optimal ? Value(ToInteger(status.optimal->ordinal)) : none,
                      status.optimal ? Value(status.optimal->value) : none,
                      ToInteger(status.running_time)}));
  return {};
}

Status InsertExperiment(Driver& driver, const Experiment& experiment, Time now) {
  std::int64_t id = 0;
  std::int64_t event = 0;
  HONE_RETURN_IF_ERROR(driver.Execute(sql::kNumberExperiment, {}));
  HONE_RETURN_IF_ERROR(driver.Query(sql::kReadNumbers, {}, [&](const Row& row) -> Status {
    event = row.Integer(0);
    id = row.Integer(1);
    return {};
  }));
  HONE_ASSIGN_OR_RETURN(const std::int64_t changed,
                        driver.Execute(sql::kInsertExperiment,
                                       {id,
                                        experiment.key.ns,
                                        experiment.key.name,
                                        experiment.uid,
                                        ToInteger(experiment.created),
                                        WriteTextMap(experiment.labels),
                                        WriteTextMap(experiment.annotations),
                                        WriteSpecText(experiment.spec)}));
  if (changed == 0) {
    return ExperimentExists(experiment.key);
  }
  HONE_RETURN_IF_ERROR(InsertStatus(driver, id, experiment.status));
  return WriteEvent(driver, event, {id, 0, 1}, NewestCondition(experiment), now);
}

}  // namespace

SqlStore::SqlStore(std::unique_ptr<Database> database, const Clock& clock)
    : database_(std::move(database)), observation_logs_(*database_), clock_(clock) {}

Result<Experiment> SqlStore::CreateExperiment(const Experiment& experiment) {
  Experiment stored;
  const Work create = [&](Driver& driver) -> Status {
    HONE_RETURN_IF_ERROR(InsertExperiment(driver, experiment, clock_.Now()));
    HONE_ASSIGN_OR_RETURN(stored, ReadExperiment(driver, experiment.key));
    return {};
  };
  HONE_RETURN_IF_ERROR(database_->Write(create));
  return stored;
}

Result<Experiment> SqlStore::GetExperiment(const ExperimentKey& key) {
  Experiment stored;
  HONE_RETURN_IF_ERROR(database_->Read([&](Driver& driver) -> Status {
    HONE_ASSIGN_OR_RETURN(stored, ReadExperiment(driver, key));
    return {};
  }));
  return stored;
}

Result<std::vector<Experiment>> SqlStore::ListExperiments(const std::string& ns,
                                                          const ExperimentKey& after,
                                                          std::size_t limit) {
  std::vector<Experiment> found;
  if (!ns.empty() && after.ns > ns) {
    return found;
  }
  const auto read = [&](const Row& row) -> Status {
    HONE_ASSIGN_OR_RETURN(Experiment experiment, ReadExperimentRow(row));
    found.push_back(std::move(experiment));
    return {};
  };
  const std::string statement =
      std::string(sql::kSelectExperiments) +
      std::string(ns.empty() ? sql::kAfterKey : sql::kInNamespaceAfterName);
  const std::string& first = ns.empty() ? after.ns : ns;
  const std::string name = ns.empty() || after.ns == ns ? after.name : "";
  HONE_RETURN_IF_ERROR(database_->Read([&](Driver& driver) {
    return driver.Query(statement, {first, name, ToInteger(limit)}, read);
  }));
  return found;
}

Result<Experiment> SqlStore::UpdateSpec(const Experiment& experiment) {
  Experiment stored;
  const Work update = [&](Driver& driver) -> Status {
    HONE_ASSIGN_OR_RETURN(const std::int64_t id,
                          TakeNextVersion(driver, experiment.key, experiment.version));
    HONE_RETURN_IF_ERROR(driver.Execute(sql::kUpdateSpec,
                                        {WriteTextMap(experiment.labels),
                                         WriteTextMap(experiment.annotations),
                                         WriteSpecText(experiment.spec),
                                         id}));
    HONE_ASSIGN_OR_RETURN(stored, ReadExperiment(driver, experiment.key));
    return {};
  };
  HONE_RETURN_IF_ERROR(database_->Write(update));
  return stored;
}

Status SqlStore::DeleteExperiment(const ExperimentKey& key) {
  return database_->Write([&](Driver& driver) -> Status {
    HONE_ASSIGN_OR_RETURN(const std::int64_t id, FindExperiment(driver, key));
    for (const std::string_view statement : {sql::kDeleteObservations,
                                             sql::kDeleteEvents,
                                             sql::kDeleteTrials,
                                             sql::kDeleteExperimentStatus,
                                             sql::kDeleteExperiment}) {
      HONE_RETURN_IF_ERROR(driver.Execute(statement, {id}));
    }
    return {};
  });
}

Result<std::uint64_t> SqlStore::AcquireEpoch() {
  std::uint64_t epoch = 0;
  const Work advance = [&](Driver& driver) -> Status {
    HONE_RETURN_IF_ERROR(driver.Execute(sql::kNextEpoch, {}));
    return driver.Query(sql::kReadEpoch, {}, [&](const Row& row) -> Status {
      epoch = static_cast<std::uint64_t>(row.Integer(0));
      return {};
    });
  };
  HONE_RETURN_IF_ERROR(database_->Write(advance));
  return epoch;
}

Status SqlStore::Commit(Transition& transition) {
  HONE_RETURN_IF_ERROR(database_->Write(
      [&](Driver& driver) { return WriteTransition(driver, transition, clock_.Now()); }));
  transition.experiment.version += 1;
  for (Trial& trial : transition.created) {
    trial.version = 1;
  }
  for (Trial& trial : transition.updated) {
    trial.version += 1;
  }
  return {};
}

Result<std::vector<Trial>> SqlStore::ListTrials(const TrialQuery& query) {
  std::vector<Trial> found;
  const auto read = [&](const Row& row) -> Status {
    HONE_ASSIGN_OR_RETURN(Trial trial, ReadTrialRow(row, query.experiment));
    found.push_back(std::move(trial));
    return {};
  };
  const std::string statement = TrialQueryStatement(query);
  const ExperimentKey& key = query.experiment;
  const std::int64_t after = ToInteger(query.after_ordinal);
  const std::int64_t changed = ToInteger(query.changed_since);
  const std::int64_t limit = ToInteger(query.limit);
  HONE_RETURN_IF_ERROR(database_->Read([&](Driver& driver) {
    return changed > 0 ? driver.Query(statement, {key.ns, key.name, after, changed, limit}, read)
                       : driver.Query(statement, {key.ns, key.name, after, limit}, read);
  }));
  return found;
}

Result<std::vector<Observation>> SqlStore::ListObservations(const ObservationQuery& query) {
  std::vector<Observation> found;
  HONE_RETURN_IF_ERROR(database_->Read([&](Driver& driver) {
    return driver.Query(sql::kListObservations,
                        {query.attempt.experiment.ns,
                         query.attempt.experiment.name,
                         ToInteger(query.attempt.ordinal),
                         std::int64_t{query.attempt.attempt},
                         ToInteger(query.after_sequence),
                         query.metric,
                         ToInteger(query.limit)},
                        [&](const Row& row) -> Status {
                          found.push_back(ReadObservationRow(row));
                          return {};
                        });
  }));
  return found;
}

Result<std::vector<Event>> SqlStore::ChangesSince(std::uint64_t cursor, std::size_t limit) {
  std::vector<Event> found;
  HONE_RETURN_IF_ERROR(database_->Read([&](Driver& driver) {
    return driver.Query(
        sql::kListEvents, {ToInteger(cursor), ToInteger(limit)}, [&](const Row& row) -> Status {
          found.push_back(ReadEventRow(row));
          return {};
        });
  }));
  return found;
}

Status SqlStore::Sync() {
  return database_->Sync();
}

Result<std::string> SqlStore::StoreId() {
  std::string id;
  HONE_RETURN_IF_ERROR(database_->Read([&](Driver& driver) {
    return driver.Query(sql::kReadStoreId, {}, [&](const Row& row) -> Status {
      id = std::string(row.Text(0));
      return {};
    });
  }));
  return id;
}

}  // namespace hone::db
