// Migration 3: what bounds a trial and an experiment in time, and what became of a trial's
// attempts. Never changed once released, and written as 0001 is. Times are in microseconds.
#pragma once

#include <string_view>

namespace hone::db {

inline constexpr std::string_view kMigration0003 = R"sql(
ALTER TABLE trials ADD COLUMN interruptions BIGINT NOT NULL DEFAULT 0;
ALTER TABLE trials ADD COLUMN start_failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE trials ADD COLUMN run_time BIGINT NOT NULL DEFAULT 0;
ALTER TABLE experiment_status ADD COLUMN running_time BIGINT NOT NULL DEFAULT 0;
)sql";

}  // namespace hone::db
