// Migration 2: what trials that are not Hone's report through api.v1.beta1.DBManager. Never changed
// once released, and written as 0001 is.
#pragma once

#include <string_view>

namespace hone::db {

inline constexpr std::string_view kMigration0002 = R"sql(
-- One row a value, in order of arrival. Its step follows from those before it and is not kept.
CREATE TABLE observation_logs (
  trial TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  time BIGINT NOT NULL,
  metric TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (trial, sequence)
) WITHOUT ROWID;
)sql";

}  // namespace hone::db
