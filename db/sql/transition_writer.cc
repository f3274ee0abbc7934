#include "db/sql/transition_writer.h"

#include <algorithm>
#include <map>

#include "db/sql/rows.h"
#include "db/sql/statements.h"
#include "db/store/rejections.h"
#include "db/store/transition.h"

namespace hone::db {
namespace {

class TransitionWriter {
 public:
  TransitionWriter(Driver& driver,
                   const Transition& transition,
                   const Place& place,
                   ChangeWriter& log)
      : driver_(driver),
        transition_(transition),
        experiment_id_(*place.experiment_id),
        log_(log),
        change_{.action = ChangeAction::kStatus,
                .experiment = transition.experiment.key,
                .uid = place.uid,
                .generation = place.generation} {}

  Status Write() {
    HONE_RETURN_IF_ERROR(WriteStatus());
    change_.kind = ChangeKind::kTrial;
    change_.action = ChangeAction::kCreated;
    for (const Trial& trial : transition_.created) {
      HONE_RETURN_IF_ERROR(Create(trial));
    }
    change_.action = ChangeAction::kStatus;
    for (const Trial& trial : transition_.updated) {
      HONE_RETURN_IF_ERROR(Update(trial));
    }
    HONE_RETURN_IF_ERROR(WriteObservations());
    return LogExperiment();
  }

 private:
  Status WriteStatus() {
    const ExperimentStatus& status = transition_.experiment.status;
    const TrialCounts& counts = status.counts;
    const Value none;
    HONE_RETURN_IF_ERROR(
        driver_.Execute(sql::kUpdateExperimentStatus,
                        {ToInteger(transition_.created.size()),
                         counts.created,
                         counts.pending,
                         counts.running,
                         counts.succeeded,
                         counts.failed,
                         counts.killed,
                         counts.early_stopped,
                         counts.metrics_unavailable,
                         status.optimal ? Value(ToInteger(status.optimal->ordinal)) : none,
                         status.optimal ? Value(status.optimal->value) : none,
                         ToInteger(status.running_time),
                         experiment_id_}));
    return transition_.experiment_changed_state ? WriteState() : Status();
  }

  Status WriteState() {
    const ExperimentStatus& status = transition_.experiment.status;
    HONE_RETURN_IF_ERROR(driver_.Execute(sql::kUpdateExperimentState,
                                         {ToInteger(status.start_time),
                                          ToInteger(status.completion_time),
                                          WriteConditionsText(status.conditions),
                                          experiment_id_}));
    return {};
  }

  Status Create(const Trial& trial) {
    HONE_RETURN_IF_ERROR(driver_.Execute(sql::kInsertTrial,
                                         {experiment_id_,
                                          ToInteger(trial.ordinal),
                                          static_cast<std::int64_t>(trial.state),
                                          std::int64_t{trial.attempt},
                                          std::int64_t{trial.failures},
                                          ToInteger(trial.not_before),
                                          ToInteger(trial.created),
                                          ToInteger(trial.started),
                                          ToInteger(trial.completed),
                                          trial.reason,
                                          trial.message,
                                          WriteAssignmentsText(trial.assignments),
                                          ToInteger(trial.parent),
                                          WriteTextMap(trial.labels),
                                          WriteMetricsText(trial.metrics),
                                          WriteAttemptCounts(trial),
                                          ToInteger(trial.run_time)}));
    return LogTrial(trial, 1);
  }

  Status Update(const Trial& trial) {
    HONE_RETURN_IF_ERROR(driver_.Query(
        sql::kFindTrial, {experiment_id_, ToInteger(trial.ordinal)}, [&](const Row& row) -> Status {
          return CheckUpdate(trial, row.Integer(0), static_cast<TrialState>(row.Integer(1)));
        }));
    HONE_RETURN_IF_ERROR(driver_.Execute(sql::kUpdateTrial,
                                         {static_cast<std::int64_t>(trial.state),
                                          std::int64_t{trial.attempt},
                                          std::int64_t{trial.failures},
                                          ToInteger(trial.not_before),
                                          ToInteger(trial.started),
                                          ToInteger(trial.completed),
                                          trial.reason,
                                          trial.message,
                                          WriteMetricsText(trial.metrics),
                                          WriteAttemptCounts(trial),
                                          ToInteger(trial.run_time),
                                          experiment_id_,
                                          ToInteger(trial.ordinal)}));
    return LogTrial(trial, trial.version + 1);
  }

  Status WriteObservations() {
    // The last added observation of each trial.
    std::map<std::uint64_t, std::uint64_t> last;
    for (const ObservationBatch& batch : transition_.observations) {
      for (const Observation& observation : batch.observations) {
        HONE_ASSIGN_OR_RETURN(const std::int64_t added, Append(batch.attempt, observation));
        if (added > 0) {
          std::uint64_t& known = last[batch.attempt.ordinal];
          known = std::max(known, observation.sequence);
        }
      }
    }
    change_.kind = ChangeKind::kObservations;
    change_.action = ChangeAction::kObserved;
    change_.state.clear();
    for (const auto& [ordinal, sequence] : last) {
      change_.ordinal = ordinal;
      change_.subject_sequence = ToInteger(sequence);
      HONE_RETURN_IF_ERROR(log_.Write(change_));
    }
    return {};
  }

  /// Returns how many rows were added: 0 if the observation is stored already.
  Result<std::int64_t> Append(const AttemptId& attempt, const Observation& observation) {
    return driver_.Execute(sql::kInsertObservation,
                           {experiment_id_,
                            ToInteger(attempt.ordinal),
                            std::int64_t{attempt.attempt},
                            ToInteger(observation.sequence),
                            observation.step,
                            ToInteger(observation.time),
                            observation.metric,
                            observation.value});
  }

  Status LogTrial(const Trial& trial, std::int64_t version) {
    change_.ordinal = trial.ordinal;
    change_.subject_sequence = version;
    change_.state = ToText(trial.state);
    return log_.Write(change_);
  }

  Status LogExperiment() {
    change_.kind = ChangeKind::kExperiment;
    change_.action = ChangeAction::kStatus;
    change_.ordinal = 0;
    change_.subject_sequence = transition_.experiment.version + 1;
    change_.state =
        transition_.experiment_changed_state ? NewestCondition(transition_.experiment) : "";
    return log_.Write(change_);
  }

  Driver& driver_;
  const Transition& transition_;
  const std::int64_t experiment_id_;
  ChangeWriter& log_;
  /// The next row of the log; the fields that all rows share are set once.
  Change change_;
};

}  // namespace

Status WriteTransition(Driver& driver,
                       const Transition& transition,
                       const Place& place,
                       ChangeWriter& log) {
  HONE_RETURN_IF_ERROR(CheckTransition(transition));
  if (transition.epoch != place.epoch) {
    return Deposed(transition.experiment.key, transition.epoch);
  }
  HONE_RETURN_IF_ERROR(CheckIsAsRead(place, transition.experiment));
  HONE_RETURN_IF_ERROR(CheckOrdinals(transition, place.last_ordinal));
  return TransitionWriter(driver, transition, place, log).Write();
}

}  // namespace hone::db
