// Lets failed trials of a stored experiment run again, because a person has asked for it. Any
// thread; a controller that holds the experiment has to read it again.
#pragma once

#include <cstddef>
#include <cstdint>

#include "db/store/store.h"

namespace hone::controller {

/// Trials that failed, or ended without their metric, become created again, each as its next
/// attempt, in transactions of bounded size. Returns how many they are.
[[nodiscard]] Result<std::size_t> RetryFailedTrials(db::Store& store,
                                                    std::uint64_t epoch,
                                                    const ExperimentKey& key);

}  // namespace hone::controller
