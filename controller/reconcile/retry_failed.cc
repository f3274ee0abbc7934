#include "controller/reconcile/retry_failed.h"

#include "controller/decide/decide.h"
#include "db/store/transition.h"

namespace hone::controller {
namespace {

/// Trials that one transaction changes.
constexpr std::size_t kBatchTrials = 1000;

}  // namespace

Result<std::size_t> RetryFailedTrials(db::Store& store,
                                      std::uint64_t epoch,
                                      const ExperimentKey& key) {
  const db::TrialQuery failed{.experiment = key,
                              .states = {TrialState::kFailed, TrialState::kMetricsUnavailable},
                              .limit = kBatchTrials};
  std::size_t count = 0;
  while (true) {
    db::Transition transition{.epoch = epoch};
    HONE_ASSIGN_OR_RETURN(transition.updated, store.ListTrials(failed));
    if (transition.updated.empty()) {
      return count;
    }
    HONE_ASSIGN_OR_RETURN(transition.experiment, store.GetExperiment(key));
    for (Trial& trial : transition.updated) {
      RunAgainOnRequest(trial, transition.experiment.status.counts);
    }
    count += transition.updated.size();
    HONE_RETURN_IF_ERROR(store.Commit(transition));
  }
}

}  // namespace hone::controller
