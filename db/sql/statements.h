// Every statement of the store, once: the same text runs on SQLite 3.40 and PostgreSQL 15.
// db/sql/rows.cc reads the columns of an answer in the order in which they are listed here.
#pragma once

#include <string_view>

namespace hone::db::sql {

// The store.

inline constexpr std::string_view kReadStoreId = "SELECT store_id FROM store WHERE id = 1";

// The row that an UPDATE produced is read by a separate statement: SQLite builds a temporary table
// for each RETURNING, which costs more than the update.

inline constexpr std::string_view kNextEpoch = "UPDATE store SET epoch = epoch + 1 WHERE id = 1";
inline constexpr std::string_view kReadEpoch = "SELECT epoch FROM store WHERE id = 1";

inline constexpr std::string_view kNumberExperiment =
    "UPDATE store SET experiment_sequence = experiment_sequence + 1 WHERE id = 1";
inline constexpr std::string_view kReadExperimentNumber =
    "SELECT experiment_sequence FROM store WHERE id = 1";

// Experiments.

inline constexpr std::string_view kInsertExperiment =
    "INSERT INTO experiments "
    "(id, ns, name, uid, created, generation, labels, annotations, spec) "
    "VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8)";

inline constexpr std::string_view kInsertExperimentStatus =
    "INSERT INTO experiment_status "
    "(experiment_id, version, last_ordinal, start_time, completion_time, conditions, "
    "trials_created, trials_pending, trials_running, trials_succeeded, trials_failed, "
    "trials_killed, trials_early_stopped, trials_metrics_unavailable, "
    "optimal_ordinal, optimal_value, running_time) "
    "VALUES ($1, 1, 0, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";

/// Completed by one of the next three.
inline constexpr std::string_view kSelectExperiments =
    "SELECT e.ns, e.name, e.uid, e.created, e.generation, e.labels, e.annotations, e.spec, "
    "s.version, s.start_time, s.completion_time, s.conditions, "
    "s.trials_created, s.trials_pending, s.trials_running, s.trials_succeeded, s.trials_failed, "
    "s.trials_killed, s.trials_early_stopped, s.trials_metrics_unavailable, "
    "s.optimal_ordinal, s.optimal_value, s.running_time "
    "FROM experiments e JOIN experiment_status s ON s.experiment_id = e.id ";
/// Keys above ($1, $2), compared bytewise as SQLite compares text. In a database with locales the
/// columns need the collation "C".
inline constexpr std::string_view kAfterKey =
    "WHERE (e.ns, e.name) > ($1, $2) ORDER BY e.ns, e.name LIMIT $3";
inline constexpr std::string_view kInNamespaceAfterName =
    "WHERE e.ns = $1 AND e.name > $2 ORDER BY e.name LIMIT $3";
inline constexpr std::string_view kWithKey = "WHERE e.ns = $1 AND e.name = $2";

/// The state that a write builds on: always one row, with NULL for an experiment that does not
/// exist.
inline constexpr std::string_view kReadPlace =
    "SELECT store.epoch, store.trimmed_sequence, store.change_sequence, "
    "e.id, e.uid, e.generation, s.version, s.last_ordinal "
    "FROM store LEFT JOIN experiments e ON e.ns = $1 AND e.name = $2 "
    "LEFT JOIN experiment_status s ON s.experiment_id = e.id WHERE store.id = 1";

inline constexpr std::string_view kNextVersion =
    "UPDATE experiment_status SET version = version + 1 WHERE experiment_id = $1";

/// Increments the generation if the spec differs.
inline constexpr std::string_view kUpdateSpec =
    "UPDATE experiments SET labels = $1, annotations = $2, "
    "generation = CASE WHEN spec = $3 THEN generation ELSE generation + 1 END, spec = $3 "
    "WHERE id = $4";

inline constexpr std::string_view kUpdateExperimentStatus =
    "UPDATE experiment_status SET version = version + 1, last_ordinal = last_ordinal + $1, "
    "trials_created = $2, trials_pending = $3, trials_running = $4, trials_succeeded = $5, "
    "trials_failed = $6, trials_killed = $7, trials_early_stopped = $8, "
    "trials_metrics_unavailable = $9, optimal_ordinal = $10, optimal_value = $11, "
    "running_time = $12 WHERE experiment_id = $13";
/// The rest of the status, written in transitions that change the experiment's state.
inline constexpr std::string_view kUpdateExperimentState =
    "UPDATE experiment_status SET start_time = $1, completion_time = $2, conditions = $3 "
    "WHERE experiment_id = $4";

inline constexpr std::string_view kDeleteExperiment = "DELETE FROM experiments WHERE id = $1";
inline constexpr std::string_view kDeleteExperimentStatus =
    "DELETE FROM experiment_status WHERE experiment_id = $1";
inline constexpr std::string_view kDeleteTrials = "DELETE FROM trials WHERE experiment_id = $1";
inline constexpr std::string_view kDeleteObservations =
    "DELETE FROM observations WHERE experiment_id = $1";

// Trials.

inline constexpr std::string_view kInsertTrial =
    "INSERT INTO trials (experiment_id, ordinal, version, state, attempt, failures, "
    "not_before, created, started, completed, reason, message, assignments, parent, "
    "labels, metrics, attempt_counts, run_time) "
    "VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";

inline constexpr std::string_view kFindTrial =
    "SELECT version, state FROM trials WHERE experiment_id = $1 AND ordinal = $2";

inline constexpr std::string_view kUpdateTrial =
    "UPDATE trials SET version = version + 1, state = $1, attempt = $2, failures = $3, "
    "not_before = $4, started = $5, completed = $6, reason = $7, message = $8, metrics = $9, "
    "attempt_counts = $10, run_time = $11 WHERE experiment_id = $12 AND ordinal = $13";

/// The start of every list of trials; db/sql/trial_query.cc appends the conditions.
inline constexpr std::string_view kSelectTrials =
    "SELECT ordinal, version, state, attempt, failures, not_before, created, started, completed, "
    "reason, message, assignments, parent, labels, metrics, attempt_counts, run_time FROM trials "
    "WHERE experiment_id = (SELECT id FROM experiments WHERE ns = $1 AND name = $2) ";

/// Only trials that have changed above $4: rows of ChangeKind::kTrial.
inline constexpr std::string_view kChangedSince =
    "AND ordinal IN (SELECT c.ordinal FROM changes c WHERE c.sequence > $4 AND c.kind = 1 "
    "AND c.ns = $1 AND c.name = $2) ";

// Observations.

inline constexpr std::string_view kInsertObservation =
    "INSERT INTO observations "
    "(experiment_id, ordinal, attempt, sequence, step, time, metric, value) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";

/// $6 is a metric, or empty for all metrics.
inline constexpr std::string_view kListObservations =
    "SELECT sequence, step, time, metric, value FROM observations "
    "WHERE experiment_id = (SELECT id FROM experiments WHERE ns = $1 AND name = $2) "
    "AND ordinal = $3 AND attempt = $4 AND sequence > $5 AND ($6 = '' OR metric = $6) "
    "ORDER BY sequence LIMIT $7";

// The log.

inline constexpr std::string_view kInsertChange =
    "INSERT INTO changes (sequence, kind, action, ns, name, uid, ordinal, generation, "
    "subject_sequence, state, time) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

/// Run after all changes of a transaction are written.
inline constexpr std::string_view kSetLogEnds =
    "UPDATE store SET trimmed_sequence = $1, change_sequence = $2 WHERE id = 1";
inline constexpr std::string_view kReadLogEnds =
    "SELECT trimmed_sequence, change_sequence FROM store WHERE id = 1";

inline constexpr std::string_view kListOldestChanges =
    "SELECT sequence, time FROM changes ORDER BY sequence LIMIT $1";
inline constexpr std::string_view kForgetChanges = "DELETE FROM changes WHERE sequence <= $1";

/// One statement, so that the ends of the log and the changes come from the same snapshot: one row
/// with NULL if there are no changes above $1.
inline constexpr std::string_view kListChanges =
    "SELECT c.sequence, c.kind, c.action, c.ns, c.name, c.uid, c.ordinal, c.generation, "
    "c.subject_sequence, c.state, c.time, s.trimmed_sequence, s.change_sequence "
    "FROM store s LEFT JOIN changes c ON c.sequence > $1 WHERE s.id = 1 "
    "ORDER BY c.sequence LIMIT $2";

// Observations of trials that are not in the store, by namespace and name.

inline constexpr std::string_view kReadLogEnd =
    "SELECT coalesce(max(sequence), 0) FROM observation_logs "
    "WHERE ns = $1 AND trial = $2";

inline constexpr std::string_view kMeasureLog =
    "SELECT count(*), coalesce(sum(length(metric) + length(value)), 0) FROM observation_logs "
    "WHERE ns = $1 AND trial = $2";

inline constexpr std::string_view kInsertLogRow =
    "INSERT INTO observation_logs (ns, trial, sequence, time, metric, value) "
    "VALUES ($1, $2, $3, $4, $5, $6)";

/// 0 takes the place of the step.
inline constexpr std::string_view kListLog =
    "SELECT sequence, 0, time, metric, value FROM observation_logs "
    "WHERE ns = $1 AND trial = $2 ORDER BY sequence";

inline constexpr std::string_view kDeleteLog =
    "DELETE FROM observation_logs WHERE ns = $1 AND trial = $2";

}  // namespace hone::db::sql
