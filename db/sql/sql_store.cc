#include "db/sql/sql_store.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "db/sql/rows.h"
#include "db/sql/statements.h"
#include "db/sql/transition_writer.h"
#include "db/sql/trial_query.h"
#include "db/store/rejections.h"
#include "db/store/transition.h"

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

Status InsertExperiment(Driver& driver, const Experiment& experiment) {
  std::int64_t id = 0;
  HONE_RETURN_IF_ERROR(driver.Execute(sql::kNumberExperiment, {}));
  HONE_RETURN_IF_ERROR(driver.Query(sql::kReadExperimentNumber, {}, [&](const Row& row) -> Status {
    id = row.Integer(0);
    return {};
  }));
  HONE_RETURN_IF_ERROR(driver.Execute(sql::kInsertExperiment,
                                      {id,
                                       experiment.key.ns,
                                       experiment.key.name,
                                       experiment.uid,
                                       ToInteger(experiment.created),
                                       WriteTextMap(experiment.labels),
                                       WriteTextMap(experiment.annotations),
                                       WriteSpecText(experiment.spec)}));
  return InsertStatus(driver, id, experiment.status);
}

Result<LogEnds> ReadLogEnds(Driver& driver) {
  LogEnds ends;
  HONE_RETURN_IF_ERROR(driver.Query(sql::kReadLogEnds, {}, [&](const Row& row) -> Status {
    ends = {static_cast<std::uint64_t>(row.Integer(0)), static_cast<std::uint64_t>(row.Integer(1))};
    return {};
  }));
  return ends;
}

}  // namespace

SqlStore::SqlStore(std::unique_ptr<Database> database,
                   const Clock& clock,
                   const LogRetention& retention)
    : clock_(clock),
      retention_(retention),
      signal_([this] { return NewestChange(); }),
      database_(std::move(database)),
      observation_logs_(*database_) {}

Status SqlStore::Write(const ExperimentKey& key, const LoggedWork& work) {
  std::uint64_t newest = 0;
  const auto logged = [&](Driver& driver) -> Status {
    HONE_ASSIGN_OR_RETURN(const Place place, ReadPlace(driver, key));
    ChangeWriter log(driver, place.log, retention_, clock_.Now());
    HONE_RETURN_IF_ERROR(work(driver, place, log));
    HONE_ASSIGN_OR_RETURN(newest, log.Finish());
    return {};
  };
  HONE_RETURN_IF_ERROR(database_->Write(logged));
  signal_.Tell(newest);
  return {};
}

Result<Experiment> SqlStore::CreateExperiment(const Experiment& experiment) {
  Experiment stored;
  const auto create = [&](Driver& driver, const Place& place, ChangeWriter& log) -> Status {
    if (place.experiment_id) {
      return ExperimentExists(experiment.key);
    }
    HONE_RETURN_IF_ERROR(InsertExperiment(driver, experiment));
    HONE_ASSIGN_OR_RETURN(stored, ReadExperiment(driver, experiment.key));
    return log.Write(ChangeOf(stored, ChangeAction::kCreated, NewestCondition(stored)));
  };
  HONE_RETURN_IF_ERROR(Write(experiment.key, create));
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
  const auto update = [&](Driver& driver, const Place& place, ChangeWriter& log) -> Status {
    HONE_RETURN_IF_ERROR(CheckIsAsRead(place, experiment));
    HONE_RETURN_IF_ERROR(driver.Execute(sql::kNextVersion, {*place.experiment_id}));
    HONE_RETURN_IF_ERROR(driver.Execute(sql::kUpdateSpec,
                                        {WriteTextMap(experiment.labels),
                                         WriteTextMap(experiment.annotations),
                                         WriteSpecText(experiment.spec),
                                         *place.experiment_id}));
    HONE_ASSIGN_OR_RETURN(stored, ReadExperiment(driver, experiment.key));
    return log.Write(ChangeOf(stored, ChangeAction::kSpec));
  };
  HONE_RETURN_IF_ERROR(Write(experiment.key, update));
  return stored;
}

Status SqlStore::DeleteExperiment(const ExperimentKey& key) {
  return Write(key, [&](Driver& driver, const Place& place, ChangeWriter& log) -> Status {
    if (!place.experiment_id) {
      return NoSuchExperiment(key);
    }
    for (const std::string_view statement : {sql::kDeleteObservations,
                                             sql::kDeleteTrials,
                                             sql::kDeleteExperimentStatus,
                                             sql::kDeleteExperiment}) {
      HONE_RETURN_IF_ERROR(driver.Execute(statement, {*place.experiment_id}));
    }
    return log.Write({.action = ChangeAction::kDeleted,
                      .experiment = key,
                      .uid = place.uid,
                      .generation = place.generation,
                      .subject_sequence = place.version + 1});
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
  HONE_RETURN_IF_ERROR(
      Write(transition.experiment.key, [&](Driver& driver, const Place& place, ChangeWriter& log) {
        return WriteTransition(driver, transition, place, log);
      }));
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
  const auto list = [&](Driver& driver) -> Status {
    if (changed == 0) {
      return driver.Query(statement, {key.ns, key.name, after, limit}, read);
    }
    HONE_RETURN_IF_ERROR(driver.Query(statement, {key.ns, key.name, after, changed, limit}, read));
    // Checked after the read: if the log reaches back to the cursor now, it did so during the read
    // too.
    HONE_ASSIGN_OR_RETURN(const LogEnds ends, ReadLogEnds(driver));
    return CheckCursor(query.changed_since, ends);
  };
  HONE_RETURN_IF_ERROR(database_->Read(list));
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

Result<std::vector<Change>> SqlStore::ChangesSince(std::uint64_t cursor, std::size_t limit) {
  std::vector<Change> found;
  // Each row carries the ends of the log, so at least one row is needed.
  const std::int64_t rows = ToInteger(std::max(limit, std::size_t{1}));
  const auto read = [&](const Row& row) -> Status {
    const LogEnds ends{static_cast<std::uint64_t>(row.Integer(11)),
                       static_cast<std::uint64_t>(row.Integer(12))};
    HONE_RETURN_IF_ERROR(CheckCursor(cursor, ends));
    if (limit > 0 && !row.IsNull(0)) {
      found.push_back(ReadChangeRow(row));
    }
    return {};
  };
  HONE_RETURN_IF_ERROR(database_->Read([&](Driver& driver) {
    return driver.Query(sql::kListChanges, {ToInteger(cursor), rows}, read);
  }));
  return found;
}

Result<std::uint64_t> SqlStore::NewestChange() {
  LogEnds ends;
  HONE_RETURN_IF_ERROR(database_->Read([&](Driver& driver) -> Status {
    HONE_ASSIGN_OR_RETURN(ends, ReadLogEnds(driver));
    return {};
  }));
  return ends.newest;
}

Result<bool> SqlStore::WaitForChange(std::uint64_t cursor,
                                     std::chrono::steady_clock::time_point deadline) {
  HONE_RETURN_IF_ERROR(database_->Watch([this] { signal_.Stir(); }));
  return signal_.Wait(cursor, deadline);
}

void SqlStore::EndWaits() {
  signal_.End();
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
