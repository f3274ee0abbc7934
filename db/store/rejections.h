// Why a Store refuses a write, the same for every implementation. Pure functions: any thread.
#pragma once

#include <cstdint>

#include "db/store/store.h"

namespace hone {
struct Experiment;
}

namespace hone::db {

tl::unexpected<Error> NoSuchExperiment(const ExperimentKey& key);
tl::unexpected<Error> ExperimentExists(const ExperimentKey& key);
/// Another writer changed the experiment since it was read.
tl::unexpected<Error> ExperimentMovedOn(const ExperimentKey& key, std::int64_t read);
/// Another process has acquired a higher epoch.
tl::unexpected<Error> Deposed(const ExperimentKey& key, std::uint64_t epoch);

/// Faults of a transition that do not depend on the store (kInternal): a trial or observation of
/// another experiment, a trial named twice, created trials with gaps between their ordinals.
Status CheckTransition(const Transition& transition);

/// Faults of a transition given that the experiment's last trial is `last_ordinal` (kInternal): the
/// first created trial does not follow it, or a trial is named that does not exist.
Status CheckOrdinals(const Transition& transition, std::uint64_t last_ordinal);

/// kAborted if `updated` was read from another version than the stored one, kInternal if the stored
/// trial may not change to its state.
Status CheckUpdate(const Trial& updated, std::int64_t stored_version, TrialState stored_state);

/// The experiment's state as recorded in the log: its newest condition.
std::string_view NewestCondition(const Experiment& experiment);

}  // namespace hone::db
