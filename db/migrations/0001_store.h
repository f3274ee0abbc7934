// Migration 1: the tables of the first release. Never changed once released: the checksum of the
// text is stored in every database that ran it.
//
// A statement ends with a semicolon at the end of a line. Numbers are BIGINT (times: microseconds
// since 1970, 0 = not set; durations: microseconds), documents are JSON as TEXT. Each driver adapts
// the definitions to its database (Driver::Define).
#pragma once

#include <string_view>

namespace hone::db {

inline constexpr std::string_view kMigration0001 = R"sql(
-- One row: the identity of the store, the epoch of the lease, and the counters of changes and
-- experiments. The log has the changes above trimmed_sequence up to change_sequence.
CREATE TABLE store (
  id BIGINT PRIMARY KEY,
  store_id TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  change_sequence BIGINT NOT NULL,
  trimmed_sequence BIGINT NOT NULL,
  experiment_sequence BIGINT NOT NULL
);

-- The desired state. Separate from the status, so that a commit never rewrites a long spec.
CREATE TABLE experiments (
  id BIGINT PRIMARY KEY,
  ns TEXT NOT NULL,
  name TEXT NOT NULL,
  uid TEXT NOT NULL,
  created BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  labels TEXT NOT NULL,
  annotations TEXT NOT NULL,
  spec TEXT NOT NULL,
  UNIQUE (ns, name)
);

-- The status of an experiment. Every change of the experiment checks and increments version.
CREATE TABLE experiment_status (
  experiment_id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  last_ordinal BIGINT NOT NULL,
  start_time BIGINT NOT NULL,
  completion_time BIGINT NOT NULL,
  conditions TEXT NOT NULL,
  trials_created BIGINT NOT NULL,
  trials_pending BIGINT NOT NULL,
  trials_running BIGINT NOT NULL,
  trials_succeeded BIGINT NOT NULL,
  trials_failed BIGINT NOT NULL,
  trials_killed BIGINT NOT NULL,
  trials_early_stopped BIGINT NOT NULL,
  trials_metrics_unavailable BIGINT NOT NULL,
  optimal_ordinal BIGINT,
  optimal_value DOUBLE PRECISION,
  running_time BIGINT NOT NULL
);

-- state is TrialState's number: 0 and 1 are not terminal. attempt_counts: the numbers of
-- interruptions and failed starts, empty if there are none. It is one document, not a column for
-- each: with three more columns, SQLite's planner no longer uses trials_active.
CREATE TABLE trials (
  experiment_id BIGINT NOT NULL,
  ordinal BIGINT NOT NULL,
  version BIGINT NOT NULL,
  state BIGINT NOT NULL,
  attempt BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  not_before BIGINT NOT NULL,
  created BIGINT NOT NULL,
  started BIGINT NOT NULL,
  completed BIGINT NOT NULL,
  reason TEXT NOT NULL,
  message TEXT NOT NULL,
  assignments TEXT NOT NULL,
  parent BIGINT NOT NULL,
  labels TEXT NOT NULL,
  metrics TEXT NOT NULL,
  attempt_counts TEXT NOT NULL,
  run_time BIGINT NOT NULL,
  PRIMARY KEY (experiment_id, ordinal)
);
CREATE INDEX trials_active ON trials (experiment_id, ordinal) WHERE state < 2;

CREATE TABLE observations (
  experiment_id BIGINT NOT NULL,
  ordinal BIGINT NOT NULL,
  attempt BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  step BIGINT NOT NULL,
  time BIGINT NOT NULL,
  metric TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (experiment_id, ordinal, attempt, sequence)
);

-- The log: one row per change. A row identifies its subject in full, because it may outlive it.
-- kind and action are the numbers of ChangeKind and ChangeAction.
CREATE TABLE changes (
  sequence BIGINT PRIMARY KEY,
  kind BIGINT NOT NULL,
  action BIGINT NOT NULL,
  ns TEXT NOT NULL,
  name TEXT NOT NULL,
  uid TEXT NOT NULL,
  ordinal BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  subject_sequence BIGINT NOT NULL,
  state TEXT NOT NULL,
  time BIGINT NOT NULL
);

-- The reports of trials that are not Hone's through api.v1.beta1.DBManager: one row per value, in
-- order of arrival. The step of a row is computed from the rows before it and is not stored.
CREATE TABLE observation_logs (
  ns TEXT NOT NULL,
  trial TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  time BIGINT NOT NULL,
  metric TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (ns, trial, sequence)
);
)sql";

}  // namespace hone::db
