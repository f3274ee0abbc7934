// Why a Store refuses a write, said once for every implementation. Pure functions: any thread.
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
/// Another process has taken over.
tl::unexpected<Error> Deposed(const ExperimentKey& key, std::uint64_t epoch);

/// The faults that a transition has whatever the store holds (kInternal): a trial or observation
/// of another experiment, a trial named twice, created trials that do not follow each other.
Status CheckTransition(const Transition& transition);

/// The faults that it has because the experiment's last trial is `last_ordinal` (kInternal): the
/// first created trial does not come next, or a trial is named that does not exist.
Status CheckOrdinals(const Transition& transition, std::uint64_t last_ordinal);

/// kAborted if `updated` was read from another version than the stored one, kInternal if the
/// stored trial may not move to its state.
Status CheckUpdate(const Trial& updated, std::int64_t stored_version, TrialState stored_state);

/// What the log tells of an experiment's state: its newest condition.
std::string_view NewestCondition(const Experiment& experiment);

}  // namespace hone::db
