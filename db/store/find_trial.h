// FindTrial: looks up one trial of a store. Any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "db/store/store.h"

namespace hone::db {

/// Nothing if the experiment has no such trial; ordinals begin with 1.
[[nodiscard]] Result<std::optional<Trial>> FindTrial(Store& store,
                                                     const ExperimentKey& experiment,
                                                     std::uint64_t ordinal);

}  // namespace hone::db
