#include "controller/reconcile/held_experiment.h"

#include <utility>

#include "controller/decide/ending.h"

namespace hone::controller {

HeldExperiment::HeldExperiment(db::Store& store,
                               std::uint64_t epoch,
                               ExperimentKey key,
                               suggestion::Suggester& suggester)
    : store_(store), epoch_(epoch), key_(std::move(key)), supply_(suggester) {}

Status HeldExperiment::Load() {
  is_loaded_ = false;
  HONE_ASSIGN_OR_RETURN(Experiment stored, store_.GetExperiment(key_));
  HONE_RETURN_IF_ERROR(Replace(std::move(stored)));
  HONE_RETURN_IF_ERROR(active_.Load(store_, key_));
  if (stopping_) {
    HONE_RETURN_IF_ERROR(stopping_->Load(store_, experiment_, active_));
  }
  is_loaded_ = true;
  return {};
}

Status HeldExperiment::Replace(Experiment stored) {
  const bool is_first = experiment_.version == 0;
  if (is_first || stored.uid != experiment_.uid) {
    HONE_ASSIGN_OR_RETURN(stopping_, EarlyStopping::Make(stored.spec));
    active_ = ActiveTrials(stored.spec.objective.value_or(Objective()));
    supply_.Forget();
  } else if (IsToGoOn(stored)) {
    supply_.Forget();  // a refusal may be why it ended
  }
  experiment_ = std::move(stored);
  supply_.Clear();
  return {};
}

Result<HeldExperiment::Standing> HeldExperiment::Compare() const {
  const Result<Experiment> stored = store_.GetExperiment(key_);
  if (!stored && stored.error().code == Code::kNotFound) {
    return Standing::kDeleted;
  }
  if (!stored) {
    return tl::unexpected<Error>(stored.error());
  }
  if (stored->uid != experiment_.uid) {
    return Standing::kReplaced;
  }
  return stored->version == experiment_.version ? Standing::kSame : Standing::kChanged;
}

void HeldExperiment::Judge(const AttemptId& id, std::span<const Observation> observations) {
  if (stopping_ && active_.IsCurrent(id)) {
    if (std::optional<std::string> reason = stopping_->Observe(id, observations)) {
      active_.StopEarly(id, *std::move(reason));
    }
  }
}

void HeldExperiment::Append(const AttemptId& id, std::vector<Observation> observations, Time now) {
  Judge(id, observations);
  active_.Append(id, std::move(observations), now);
}

void HeldExperiment::Take(const AttemptId& id, std::span<const Observation> observations) {
  active_.Take(id, observations);
  Judge(id, observations);
}

ExperimentView HeldExperiment::View(Time now) const {
  return {.experiment = experiment_,
          .active = {},
          .limits = {},
          .space_ended = supply_.HasEnded(),
          .suggestion_failure = supply_.failure(),
          .now = now};
}

db::Transition HeldExperiment::Begin() const {
  return {.epoch = epoch_, .experiment = experiment_};
}

Status HeldExperiment::Commit(db::Transition& transition) {
  if (Status status = store_.Commit(transition); !status) {
    is_loaded_ = false;  // what a failed call left behind is unknown
    return status;
  }
  experiment_ = transition.experiment;
  for (const std::vector<Trial>* const trials : {&transition.updated, &transition.created}) {
    for (const Trial& trial : *trials) {
      active_.Apply(trial);
      if (stopping_) {
        stopping_->Apply(trial);
      }
    }
  }
  return {};
}

}  // namespace hone::controller
