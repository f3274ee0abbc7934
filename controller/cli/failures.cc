#include "controller/cli/failures.h"

#include <algorithm>
#include <map>

#include "controller/decide/alike_failures.h"
#include "proto/model/experiment.h"

namespace hone::controller {
namespace {

constexpr std::size_t kTrialsRead = 1000;

}  // namespace

Result<std::vector<FailureKind>> ReadFailures(db::Store& store, const Experiment& experiment) {
  std::vector<FailureKind> kinds;
  if (experiment.status.counts.Failures() == 0) {
    return kinds;
  }
  HONE_ASSIGN_OR_RETURN(
      const std::vector<Trial> trials,
      store.ListTrials({.experiment = experiment.key,
                        .states = {TrialState::kFailed, TrialState::kMetricsUnavailable},
                        .limit = kTrialsRead}));
  std::map<std::string, std::size_t> places;
  for (const Trial& trial : trials) {
    const auto [place, is_new] = places.emplace(LeaveNumbersOpen(trial.message), kinds.size());
    if (is_new) {
      kinds.push_back({trial.message, trial.name(), 0});
    }
    ++kinds[place->second].trials;
  }
  std::stable_sort(kinds.begin(), kinds.end(), [](const FailureKind& a, const FailureKind& b) {
    return a.trials > b.trials;
  });
  return kinds;
}

bool EndedWithoutResult(const Experiment& experiment) {
  return experiment.status.IsCompleted() && !experiment.status.optimal;
}

}  // namespace hone::controller
