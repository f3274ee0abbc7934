// Migration 3: what bounds a trial and an experiment in time, and what became of a trial's
// attempts. Never changed once released, and written as 0001 is. Times are in microseconds.
#pragma once

#include <string_view>

namespace hone::db {

inline constexpr std::string_view kMigration0003 = R"sql(
-- What became of attempts that did not fail by themselves; empty if nothing did. One document, not
-- a column each: with three columns more, SQLite no longer finds trials_active worth its while.
ALTER TABLE trials ADD COLUMN attempt_counts TEXT NOT NULL DEFAULT '';
ALTER TABLE trials ADD COLUMN run_time BIGINT NOT NULL DEFAULT 0;
ALTER TABLE experiment_status ADD COLUMN running_time BIGINT NOT NULL DEFAULT 0;
)sql";

}  // namespace hone::db
