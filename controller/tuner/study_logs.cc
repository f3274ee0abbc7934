#include "controller/tuner/study_logs.h"

#include <optional>

#include "db/store/find_trial.h"

namespace hone::controller {
namespace {

/// The experiment that holds the trial of that name, and its ordinal; nothing if the store has
/// none.
struct Found {
  Experiment experiment;
  std::uint64_t ordinal = 0;
};
Result<std::optional<Found>> Find(Tuner& tuner, const db::LogKey& key) {
  const std::optional<TrialKey> trial = ParseTrialName(key.ns, key.trial);
  if (!trial) {
    return std::nullopt;
  }
  Result<Experiment> experiment = tuner.store().GetExperiment(trial->experiment);
  if (!experiment && experiment.error().code == Code::kNotFound) {
    return std::nullopt;
  }
  if (!experiment) {
    return tl::unexpected<Error>(experiment.error());
  }
  return Found{*std::move(experiment), trial->ordinal};
}

class StudyLogs final : public db::ObservationLogs {
 public:
  StudyLogs(Tuner& tuner, db::ObservationLogs& others) : tuner_(tuner), others_(others) {}

  Status Append(const db::LogKey& key, std::span<const Observation> rows) override {
    HONE_ASSIGN_OR_RETURN(const std::optional<Found> found, Find(tuner_, key));
    if (!found) {
      return others_.Append(key, rows);
    }
    HONE_ASSIGN_OR_RETURN(const auto study, tuner_.Open(found->experiment.key));
    return study->Append(found->ordinal, rows);
  }

  Result<std::vector<Observation>> List(const db::LogKey& key) override {
    HONE_ASSIGN_OR_RETURN(const std::optional<Found> found, Find(tuner_, key));
    if (!found) {
      return others_.List(key);
    }
    HONE_ASSIGN_OR_RETURN(const std::optional<AttemptId> attempt, AttemptOf(*found));
    return attempt ? tuner_.store().ListObservations({.attempt = *attempt})
                   : std::vector<Observation>();
  }

  Result<std::uint64_t> Count(const db::LogKey& key) override {
    HONE_ASSIGN_OR_RETURN(const std::optional<Found> found, Find(tuner_, key));
    if (!found) {
      return others_.Count(key);
    }
    if (found->experiment.IsStudy()) {
      HONE_ASSIGN_OR_RETURN(const auto study, tuner_.Open(found->experiment.key));
      if (const std::optional<std::uint64_t> count = study->CountRows(found->ordinal)) {
        return *count;
      }
    }
    HONE_ASSIGN_OR_RETURN(const std::vector<Observation> rows, List(key));
    return rows.size();
  }

  Result<db::LogSize> Measure(const db::LogKey& key) override {
    HONE_ASSIGN_OR_RETURN(const std::optional<Found> found, Find(tuner_, key));
    if (!found) {
      return others_.Measure(key);
    }
    HONE_ASSIGN_OR_RETURN(const std::optional<AttemptId> attempt, AttemptOf(*found));
    return attempt ? MeasureAttempt(*attempt) : db::LogSize();
  }

  Status Delete(const db::LogKey& key) override {
    HONE_ASSIGN_OR_RETURN(const std::optional<Found> found, Find(tuner_, key));
    if (!found) {
      return others_.Delete(key);
    }
    return Fail(Code::kFailedPrecondition,
                "trial " + key.ToString() + ": its observations are deleted with experiment " +
                    found->experiment.key.ToString() + ", by hone delete");
  }

 private:
  /// Of the trial as it is now; nothing if there is none.
  Result<std::optional<AttemptId>> AttemptOf(const Found& found) {
    HONE_ASSIGN_OR_RETURN(const std::optional<Trial> trial,
                          db::FindTrial(tuner_.store(), found.experiment.key, found.ordinal));
    return trial ? std::optional(trial->attempt_id()) : std::nullopt;
  }

  Result<db::LogSize> MeasureAttempt(const AttemptId& attempt) {
    constexpr std::size_t kReadAtOnce = 250;
    db::LogSize size;
    db::ObservationQuery query{.attempt = attempt, .limit = kReadAtOnce};
    while (true) {
      HONE_ASSIGN_OR_RETURN(const std::vector<Observation> rows,
                            tuner_.store().ListObservations(query));
      for (const Observation& row : rows) {
        size.characters += row.metric.size() + row.value.size();
      }
      size.rows += rows.size();
      if (rows.size() < kReadAtOnce) {
        return size;
      }
      query.after_sequence = rows.back().sequence;
    }
  }

  Tuner& tuner_;
  db::ObservationLogs& others_;
};

}  // namespace

std::unique_ptr<db::ObservationLogs> MakeStudyLogs(Tuner& tuner, db::ObservationLogs& others) {
  return std::make_unique<StudyLogs>(tuner, others);
}

Status StopTrialEarly(Tuner& tuner, const access::Caller& caller, const std::string& trial) {
  const db::LogKey key = db::ParseLogKey(trial);
  HONE_RETURN_IF_ERROR(caller.Check(key.ns, access::Role::kWrite));
  HONE_ASSIGN_OR_RETURN(const std::optional<Found> found, Find(tuner, key));
  if (!found) {
    return Fail(Code::kNotFound, "trial_name: there is no trial \"" + trial + "\"");
  }
  HONE_ASSIGN_OR_RETURN(const auto study, tuner.Open(found->experiment.key));
  return study->StopEarly(found->ordinal);
}

}  // namespace hone::controller
