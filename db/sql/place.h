// Place: what a write to one experiment carries on from: numbers of the store and of the
// experiment. True for the transaction that has read it. Any thread.
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

  /// The experiment's number in the database; what follows is set if there is one.
  std::optional<std::int64_t> experiment_id;
  std::string uid;
  std::int64_t generation = 0;
  std::int64_t version = 0;
  std::uint64_t last_ordinal = 0;
};

[[nodiscard]] Result<Place> ReadPlace(Driver& driver, const ExperimentKey& key);

/// kNotFound if there is no experiment, kAborted if it is not as it was `read`: changed since, or
/// deleted and created anew, perhaps in the same version.
[[nodiscard]] Status CheckIsAsRead(const Place& place, const Experiment& read);

}  // namespace hone::db
