// Migration 1: the tables of the first release. Never changed once released: the checksum of the
// text is stored in every database that ran it.
//
// A statement ends with a semicolon at the end of a line. Numbers are BIGINT (times: microseconds
// since 1970, 0 = not set), documents are JSON as TEXT. Two turns of phrase are SQLite's, because
// they halve the B-trees that a commit touches; another database's driver says them in its own way:
// INTEGER PRIMARY KEY is a BIGINT key, and WITHOUT ROWID means nothing there.
#pragma once

#include <string_view>

namespace hone::db {

inline constexpr std::string_view kMigration0001 = R"sql(
-- One row: the identity of the store, the lease, and the counters that number things.
CREATE TABLE store (
  id INTEGER PRIMARY KEY,
  store_id TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  event_sequence BIGINT NOT NULL,
  experiment_sequence BIGINT NOT NULL
);

-- What is wanted. Apart from the status, so that a commit never rewrites a long spec.
CREATE TABLE experiments (
  id INTEGER PRIMARY KEY,
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

-- How far it has come. version guards every change of the experiment.
CREATE TABLE experiment_status (
  experiment_id INTEGER PRIMARY KEY,
  version BIGINT NOT NULL,
  last_ordinal BIGINT NOT NULL,
  event_count BIGINT NOT NULL,
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
  optimal_value DOUBLE PRECISION
);

-- state is TrialState's number: 0 and 1 are not terminal.
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
  PRIMARY KEY (experiment_id, ordinal)
) WITHOUT ROWID;
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
) WITHOUT ROWID;

CREATE TABLE events (
  sequence INTEGER PRIMARY KEY,
  experiment_id BIGINT NOT NULL,
  ordinal BIGINT NOT NULL,
  subject_sequence BIGINT NOT NULL,
  state TEXT NOT NULL,
  time BIGINT NOT NULL
);
)sql";

}  // namespace hone::db
