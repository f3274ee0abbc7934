#include "db/sql/transition_writer.h"

#include <optional>

#include "db/sql/rows.h"
#include "db/sql/statements.h"
#include "db/store/rejections.h"

namespace hone::db {
namespace {

class TransitionWriter {
 public:
  TransitionWriter(Driver& driver, const Transition& transition, Time now)
      : driver_(driver), transition_(transition), now_(now) {}

  Status Write() {
    HONE_RETURN_IF_ERROR(CheckTransition(transition_));
    HONE_RETURN_IF_ERROR(NumberEvents());
    HONE_RETURN_IF_ERROR(ReadPlace());
    HONE_RETURN_IF_ERROR(WriteStatus());
    for (const Trial& trial : transition_.created) {
      HONE_RETURN_IF_ERROR(Create(trial));
    }
    for (const Trial& trial : transition_.updated) {
      HONE_RETURN_IF_ERROR(Update(trial));
    }
    for (const ObservationBatch& batch : transition_.observations) {
      HONE_RETURN_IF_ERROR(Append(batch));
    }
    return transition_.experiment_changed_state ? WriteState() : Status();
  }

 private:
  /// Takes a number for each event to come, which also proves that the epoch is not over.
  Status NumberEvents() {
    events_ = static_cast<std::int64_t>(transition_.created.size() + transition_.updated.size()) +
              (transition_.experiment_changed_state ? 1 : 0);
    HONE_ASSIGN_OR_RETURN(
        const std::int64_t changed,
        driver_.Execute(sql::kNumberEvents, {events_, ToInteger(transition_.epoch)}));
    return changed == 0 ? Deposed(transition_.experiment.key, transition_.epoch) : Status();
  }

  /// Reads what the rows to come carry on from.
  Status ReadPlace() {
    const Experiment& experiment = transition_.experiment;
    const ExperimentKey& key = experiment.key;
    std::optional<std::int64_t> version;
    std::uint64_t last_ordinal = 0;
    // Deleted and created anew: the same name and perhaps the same version.
    bool is_another = false;
    HONE_RETURN_IF_ERROR(
        driver_.Query(sql::kReadPlace, {key.ns, key.name}, [&](const Row& row) -> Status {
          next_event_ = row.Integer(0) - events_ + 1;
          experiment_id_ = row.Integer(1);
          version = row.Integer(2);
          last_ordinal = static_cast<std::uint64_t>(row.Integer(3));
          event_count_ = row.Integer(4);
          is_another = row.Text(5) != experiment.uid;
          return {};
        }));
    if (!version) {
      return NoSuchExperiment(key);
    }
    if (*version != experiment.version || is_another) {
      return ExperimentMovedOn(key, experiment.version);
    }
    return CheckOrdinals(transition_, last_ordinal);
  }

  Status WriteStatus() {
    const Experiment& experiment = transition_.experiment;
    const ExperimentStatus& status = experiment.status;
    const TrialCounts& counts = status.counts;
    const Value none;
    HONE_ASSIGN_OR_RETURN(
        const std::int64_t changed,
        driver_.Execute(sql::kUpdateExperimentStatus,
                        {ToInteger(transition_.created.size()),
                         std::int64_t{transition_.experiment_changed_state ? 1 : 0},
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
                         experiment_id_,
                         experiment.version}));
    return changed == 0 ? ExperimentMovedOn(experiment.key, experiment.version) : Status();
  }

  Status WriteState() {
    const ExperimentStatus& status = transition_.experiment.status;
    HONE_RETURN_IF_ERROR(driver_.Execute(sql::kUpdateExperimentState,
                                         {ToInteger(status.start_time),
                                          ToInteger(status.completion_time),
                                          WriteConditionsText(status.conditions),
                                          experiment_id_}));
    return WriteEvent(driver_,
                      next_event_,
                      {experiment_id_, 0, event_count_ + 1},
                      NewestCondition(transition_.experiment),
                      now_);
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
    return AddTrialEvent(trial, 1);
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
    return AddTrialEvent(trial, trial.version + 1);
  }

  Status Append(const ObservationBatch& batch) {
    for (const Observation& observation : batch.observations) {
      HONE_RETURN_IF_ERROR(driver_.Execute(sql::kInsertObservation,
                                           {experiment_id_,
                                            ToInteger(batch.attempt.ordinal),
                                            std::int64_t{batch.attempt.attempt},
                                            ToInteger(observation.sequence),
                                            observation.step,
                                            ToInteger(observation.time),
                                            observation.metric,
                                            observation.value}));
    }
    return {};
  }

  Status AddTrialEvent(const Trial& trial, std::int64_t version) {
    return WriteEvent(driver_,
                      next_event_++,
                      {experiment_id_, trial.ordinal, version},
                      ToText(trial.state),
                      now_);
  }

  Driver& driver_;
  const Transition& transition_;
  const Time now_;
  /// How many this transition writes.
  std::int64_t events_ = 0;
  std::int64_t next_event_ = 0;
  std::int64_t experiment_id_ = 0;
  /// Of the experiment itself, so far.
  std::int64_t event_count_ = 0;
};

}  // namespace

Result<std::int64_t> FindExperiment(Driver& driver, const ExperimentKey& key) {
  std::optional<std::int64_t> id;
  HONE_RETURN_IF_ERROR(
      driver.Query(sql::kFindExperiment, {key.ns, key.name}, [&](const Row& row) -> Status {
        id = row.Integer(0);
        return {};
      }));
  if (!id) {
    return NoSuchExperiment(key);
  }
  return *id;
}

Status WriteTransition(Driver& driver, const Transition& transition, Time now) {
  return TransitionWriter(driver, transition, now).Write();
}

Status WriteEvent(Driver& driver,
                  std::int64_t sequence,
                  const EventSubject& subject,
                  std::string_view state,
                  Time now) {
  HONE_RETURN_IF_ERROR(driver.Execute(sql::kInsertEvent,
                                      {sequence,
                                       subject.experiment_id,
                                       ToInteger(subject.ordinal),
                                       subject.subject_sequence,
                                       state,
                                       ToInteger(now)}));
  return {};
}

}  // namespace hone::db
