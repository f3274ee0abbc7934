#include "controller/cli/trial_follower.h"

#include <utility>

namespace hone::controller {
namespace {

/// Observations read at once; a trial that reports more between two looks is read on at the next.
constexpr std::size_t kReadAtOnce = 1000;

}  // namespace

Status TrialFollower::Read() {
  std::uint64_t cursor = cursor_;
  HONE_RETURN_IF_ERROR(feed_.Read(key_, cursor, [this](std::span<const Trial> trials) {
    for (const Trial& trial : trials) {
      progress_.OnTrial(trial);
    }
  }));
  if (cursor != std::exchange(cursor_, cursor)) {
    HONE_ASSIGN_OR_RETURN(const Experiment experiment, store_.GetExperiment(key_));
    progress_.OnExperiment(experiment);
  }
  return {};
}

Status TrialFollower::ReadObjectives(const std::string& metric) {
  std::map<std::uint64_t, Latest> before = std::exchange(latest_, {});
  for (const AttemptId& id : progress_.RunningTrials()) {
    Latest& latest = latest_[id.ordinal];
    if (const auto known = before.find(id.ordinal);
        known != before.end() && known->second.attempt == id.attempt) {
      latest = known->second;
    }
    latest.attempt = id.attempt;
    HONE_ASSIGN_OR_RETURN(const std::vector<Observation> rows,
                          store_.ListObservations({.attempt = id,
                                                   .metric = metric,
                                                   .after_sequence = latest.sequence,
                                                   .limit = kReadAtOnce}));
    if (!rows.empty()) {
      latest.sequence = rows.back().sequence;
      progress_.OnObjective(id.ordinal, rows.back().value);
    }
  }
  return {};
}

}  // namespace hone::controller
