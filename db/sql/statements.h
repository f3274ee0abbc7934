// Every statement of the store, once: the same text runs on SQLite 3.40 and PostgreSQL 15. The
// columns of an answer are read in db/sql/rows.cc in the order in which they stand here.
#pragma once

#include <string_view>

namespace hone::db::sql {

// The store itself.

inline constexpr std::string_view kReadStoreId = "SELECT store_id FROM store WHERE id = 1";

// What an UPDATE has made is read by a statement of its own: SQLite builds a temporary table for
// each RETURNING, which costs more than the update.

inline constexpr std::string_view kNextEpoch = "UPDATE store SET epoch = epoch + 1 WHERE id = 1";
inline constexpr std::string_view kReadEpoch = "SELECT epoch FROM store WHERE id = 1";

/// Numbers $1 events, if $2 is still the epoch.
inline constexpr std::string_view kNumberEvents =
    "UPDATE store SET event_sequence = event_sequence + $1 WHERE id = 1 AND epoch = $2";
inline constexpr std::string_view kNumberExperiment =
    "UPDATE store SET experiment_sequence = experiment_sequence + 1, "
    "event_sequence = event_sequence + 1 WHERE id = 1";
inline constexpr std::string_view kReadNumbers =
    "SELECT event_sequence, experiment_sequence FROM store WHERE id = 1";

// Experiments.

inline constexpr std::string_view kInsertExperiment =
    "INSERT INTO experiments "
    "(id, ns, name, uid, created, generation, labels, annotations, spec) "
    "VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8) ON CONFLICT DO NOTHING";

inline constexpr std::string_view kInsertExperimentStatus =
    "INSERT INTO experiment_status "
    "(experiment_id, version, last_ordinal, event_count, start_time, completion_time, conditions, "
    "trials_created, trials_pending, trials_running, trials_succeeded, trials_failed, "
    "trials_killed, trials_early_stopped, trials_metrics_unavailable, "
    "optimal_ordinal, optimal_value, running_time) "
    "VALUES ($1, 1, 0, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";

/// Followed by one of the next three.
inline constexpr std::string_view kSelectExperiments =
    "SELECT e.ns, e.name, e.uid, e.created, e.generation, e.labels, e.annotations, e.spec, "
    "s.version, s.start_time, s.completion_time, s.conditions, "
    "s.trials_created, s.trials_pending, s.trials_running, s.trials_succeeded, s.trials_failed, "
    "s.trials_killed, s.trials_early_stopped, s.trials_metrics_unavailable, "
    "s.optimal_ordinal, s.optimal_value, s.running_time "
    "FROM experiments e JOIN experiment_status s ON s.experiment_id = e.id ";
/// Keys above ($1, $2), by their bytes: that is how SQLite compares text. The columns of a database
/// that has locales need the collation "C".
inline constexpr std::string_view kAfterKey =
    "WHERE (e.ns, e.name) > ($1, $2) ORDER BY e.ns, e.name LIMIT $3";
inline constexpr std::string_view kInNamespaceAfterName =
    "WHERE e.ns = $1 AND e.name > $2 ORDER BY e.name LIMIT $3";
inline constexpr std::string_view kWithKey = "WHERE e.ns = $1 AND e.name = $2";

inline constexpr std::string_view kFindExperiment =
    "SELECT id FROM experiments WHERE ns = $1 AND name = $2";

/// Begins every change of an experiment's spec: matches no row if $2 is not the stored version.
inline constexpr std::string_view kNextVersion =
    "UPDATE experiment_status SET version = version + 1 WHERE experiment_id = $1 AND version = $2";

/// The generation grows if the spec differs.
inline constexpr std::string_view kUpdateSpec =
    "UPDATE experiments SET labels = $1, annotations = $2, "
    "generation = CASE WHEN spec = $3 THEN generation ELSE generation + 1 END, spec = $3 "
    "WHERE id = $4";

/// What a transition carries on from: numbers of the store and of the experiment.
inline constexpr std::string_view kReadPlace =
    "SELECT store.event_sequence, e.id, s.version, s.last_ordinal, s.event_count, e.uid "
    "FROM store, experiments e JOIN experiment_status s ON s.experiment_id = e.id "
    "WHERE store.id = 1 AND e.ns = $1 AND e.name = $2";

/// Matches no row if the version is not the stored one.
inline constexpr std::string_view kUpdateExperimentStatus =
    "UPDATE experiment_status SET version = version + 1, last_ordinal = last_ordinal + $1, "
    "event_count = event_count + $2, "
    "trials_created = $3, trials_pending = $4, trials_running = $5, trials_succeeded = $6, "
    "trials_failed = $7, trials_killed = $8, trials_early_stopped = $9, "
    "trials_metrics_unavailable = $10, optimal_ordinal = $11, optimal_value = $12, "
    "running_time = $13 WHERE experiment_id = $14 AND version = $15";
/// What else there is to the status, in transitions that change the experiment's state.
inline constexpr std::string_view kUpdateExperimentState =
    "UPDATE experiment_status SET start_time = $1, completion_time = $2, conditions = $3 "
    "WHERE experiment_id = $4";

inline constexpr std::string_view kDeleteExperiment = "DELETE FROM experiments WHERE id = $1";
inline constexpr std::string_view kDeleteExperimentStatus =
    "DELETE FROM experiment_status WHERE experiment_id = $1";
inline constexpr std::string_view kDeleteTrials = "DELETE FROM trials WHERE experiment_id = $1";
inline constexpr std::string_view kDeleteObservations =
    "DELETE FROM observations WHERE experiment_id = $1";
inline constexpr std::string_view kDeleteEvents = "DELETE FROM events WHERE experiment_id = $1";

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

/// The beginning of every list of trials; db/sql/trial_query.cc adds the conditions.
inline constexpr std::string_view kSelectTrials =
    "SELECT ordinal, version, state, attempt, failures, not_before, created, started, completed, "
    "reason, message, assignments, parent, labels, metrics, attempt_counts, run_time FROM trials "
    "WHERE experiment_id = (SELECT id FROM experiments WHERE ns = $1 AND name = $2) ";

/// The trials that have an event above $4.
inline constexpr std::string_view kChangedSince =
    "AND ordinal IN (SELECT v.ordinal FROM events v WHERE v.sequence > $4 AND v.experiment_id = "
    "(SELECT id FROM experiments WHERE ns = $1 AND name = $2)) ";

// Observations and events.

inline constexpr std::string_view kInsertObservation =
    "INSERT INTO observations "
    "(experiment_id, ordinal, attempt, sequence, step, time, metric, value) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";

/// $6 is a metric, or empty for all.
inline constexpr std::string_view kListObservations =
    "SELECT sequence, step, time, metric, value FROM observations "
    "WHERE experiment_id = (SELECT id FROM experiments WHERE ns = $1 AND name = $2) "
    "AND ordinal = $3 AND attempt = $4 AND sequence > $5 AND ($6 = '' OR metric = $6) "
    "ORDER BY sequence LIMIT $7";

inline constexpr std::string_view kInsertEvent =
    "INSERT INTO events (sequence, experiment_id, ordinal, subject_sequence, state, time) "
    "VALUES ($1, $2, $3, $4, $5, $6)";

inline constexpr std::string_view kListEvents =
    "SELECT v.sequence, e.ns, e.name, v.ordinal, v.subject_sequence, v.state, v.time "
    "FROM events v JOIN experiments e ON e.id = v.experiment_id "
    "WHERE v.sequence > $1 ORDER BY v.sequence LIMIT $2";

// Observations of trials that are not in the store, by the trial's name.

inline constexpr std::string_view kReadLogEnd =
    "SELECT coalesce(max(sequence), 0) FROM observation_logs WHERE trial = $1";

inline constexpr std::string_view kMeasureLog =
    "SELECT count(*), coalesce(sum(length(metric) + length(value)), 0) FROM observation_logs "
    "WHERE trial = $1";

inline constexpr std::string_view kInsertLogRow =
    "INSERT INTO observation_logs (trial, sequence, time, metric, value) "
    "VALUES ($1, $2, $3, $4, $5)";

/// In place of the step stands 0.
inline constexpr std::string_view kListLog =
    "SELECT sequence, 0, time, metric, value FROM observation_logs "
    "WHERE trial = $1 ORDER BY sequence";

inline constexpr std::string_view kDeleteLog = "DELETE FROM observation_logs WHERE trial = $1";

}  // namespace hone::db::sql
