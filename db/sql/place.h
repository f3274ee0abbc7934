// Place: the state of the store and of one experiment that a write builds on. Valid within the
// transaction that has read it. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "db/sql/driver.h"
#include "db/store/store.h"

namespace hone {
struct Experiment;
}

namespace hone::db {

struct Place {
  std::uint64_t epoch = 0;
  LogEnds log;

  /// The experiment's number in the database; the fields below are set only if it exists.
  std::optional<std::int64_t> experiment_id;
  std::string uid;
  std::int64_t generation = 0;
  std::int64_t version = 0;
  std::uint64_t last_ordinal = 0;
};

[[nodiscard]] Result<Place> ReadPlace(Driver& driver, const ExperimentKey& key);

/// kNotFound if the experiment does not exist, kAborted if it differs from `read`: it has changed
/// since, or was deleted and created anew, possibly with the same version.
[[nodiscard]] Status CheckIsAsRead(const Place& place, const Experiment& read);

}  // namespace hone::db
