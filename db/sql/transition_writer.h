// Writes one Transition inside a transaction that the caller has begun and will end. A fault
// leaves half of it written: the caller rolls back. Lives on the stack of one thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "db/sql/driver.h"
#include "db/store/store.h"

namespace hone::db {

/// The experiment's number in the database; kNotFound if there is none.
[[nodiscard]] Result<std::int64_t> FindExperiment(Driver& driver, const ExperimentKey& key);

/// Checks and writes all of `transition`, but leaves its versions as they are. The errors are
/// those of Store::Commit.
[[nodiscard]] Status WriteTransition(Driver& driver, const Transition& transition, Time now);

struct EventSubject {
  std::int64_t experiment_id = 0;
  /// 0 for the experiment itself.
  std::uint64_t ordinal = 0;
  std::int64_t subject_sequence = 0;
};
[[nodiscard]] Status WriteEvent(Driver& driver,
                                std::int64_t sequence,
                                const EventSubject& subject,
                                std::string_view state,
                                Time now);

}  // namespace hone::db
