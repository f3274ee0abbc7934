#include "db/store/rejections.h"

#include <algorithm>
#include <string>

#include "db/store/transition.h"

namespace hone::db {
namespace {

tl::unexpected<Error> Malformed(const Transition& transition, const std::string& fault) {
  return Fail(Code::kInternal, "commit to " + transition.experiment.key.ToString() + ": " + fault);
}

std::string TrialText(std::uint64_t ordinal) {
  return "trial " + std::to_string(ordinal);
}

bool IsRepeated(const std::vector<Trial>& trials, std::size_t index) {
  const auto end = trials.begin() + static_cast<std::ptrdiff_t>(index);
  return std::any_of(trials.begin(), end, [&](const Trial& earlier) {
    return earlier.ordinal == trials[index].ordinal;
  });
}

}  // namespace

tl::unexpected<Error> NoSuchExperiment(const ExperimentKey& key) {
  return Fail(Code::kNotFound, "experiment " + key.ToString() + ": not found");
}

tl::unexpected<Error> ExperimentExists(const ExperimentKey& key) {
  return Fail(Code::kAlreadyExists, "create experiment " + key.ToString() + ": already exists");
}

tl::unexpected<Error> ExperimentMovedOn(const ExperimentKey& key, std::int64_t read) {
  return Fail(Code::kAborted,
              "write experiment " + key.ToString() + ": it has changed since version " +
                  std::to_string(read) + " was read");
}

tl::unexpected<Error> Deposed(const ExperimentKey& key, std::uint64_t epoch) {
  return Fail(Code::kFailedPrecondition,
              "commit to " + key.ToString() + ": epoch " + std::to_string(epoch) +
                  " is over, another process has taken the store");
}

Status CheckTransition(const Transition& transition) {
  const ExperimentKey& key = transition.experiment.key;
  const std::vector<Trial>& created = transition.created;
  for (std::size_t i = 0; i < created.size(); ++i) {
    if (created[i].experiment != key) {
      return Malformed(transition, "creates a trial of " + created[i].experiment.ToString());
    }
    if (created[i].ordinal != created[0].ordinal + i) {
      return Malformed(transition, TrialText(created[i].ordinal) + " is not the next to create");
    }
  }
  const std::vector<Trial>& updated = transition.updated;
  for (std::size_t i = 0; i < updated.size(); ++i) {
    if (updated[i].experiment != key) {
      return Malformed(transition, "updates a trial of " + updated[i].experiment.ToString());
    }
    if (IsRepeated(updated, i)) {
      return Malformed(transition, "updates " + TrialText(updated[i].ordinal) + " twice");
    }
  }
  for (const ObservationBatch& batch : transition.observations) {
    if (batch.attempt.experiment != key) {
      return Malformed(transition, "has observations of " + batch.attempt.ToString());
    }
  }
  return {};
}

Status CheckOrdinals(const Transition& transition, std::uint64_t last_ordinal) {
  if (!transition.created.empty() && transition.created[0].ordinal != last_ordinal + 1) {
    return Malformed(
        transition,
        TrialText(transition.created[0].ordinal) + " cannot follow " + TrialText(last_ordinal));
  }
  for (const Trial& trial : transition.updated) {
    if (trial.ordinal == 0 || trial.ordinal > last_ordinal) {
      return Malformed(transition, TrialText(trial.ordinal) + " to update does not exist");
    }
  }
  const std::uint64_t new_last = last_ordinal + transition.created.size();
  for (const ObservationBatch& batch : transition.observations) {
    if (batch.attempt.ordinal == 0 || batch.attempt.ordinal > new_last) {
      return Malformed(transition,
                       "observed " + TrialText(batch.attempt.ordinal) + " does not exist");
    }
  }
  return {};
}

Status CheckUpdate(const Trial& updated, std::int64_t stored_version, TrialState stored_state) {
  if (updated.version != stored_version) {
    return Fail(Code::kAborted,
                "update trial " + updated.name() + ": it has changed since version " +
                    std::to_string(updated.version) + " was read");
  }
  if (!CanMove(stored_state, updated.state)) {
    return Fail(Code::kInternal,
                "update trial " + updated.name() + ": may not move from " +
                    std::string(ToText(stored_state)) + " to " +
                    std::string(ToText(updated.state)));
  }
  return {};
}

std::string_view NewestCondition(const Experiment& experiment) {
  const std::vector<Condition>& conditions = experiment.status.conditions;
  return ToText(conditions.empty() ? ConditionType::kCreated : conditions.back().type);
}

}  // namespace hone::db
