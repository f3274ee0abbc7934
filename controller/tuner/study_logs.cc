#include "controller/tuner/study_logs.h"

#include <optional>

namespace hone::controller {
namespace {

/// The experiment that holds the trial of that name, and its ordinal; nothing if the store has
/// none.
struct Found {
  Experiment experiment;
  std::uint64_t ordinal = 0;
};
Result<std::optional<Found>> Find(Tuner& tuner, const std::string& trial) {
  const Result<ExperimentKey> name = ParseStudyName("trial_name", trial);
  const auto key = name ? ParseTrialName(name->ns, name->name) : std::nullopt;
  if (!key) {
    return std::nullopt;
  }
  Result<Experiment> experiment = tuner.store().GetExperiment(key->experiment);
  if (!experiment && experiment.error().code == Code::kNotFound) {
    return std::nullopt;
  }
  if (!experiment) {
    return tl::unexpected<Error>(experiment.error());
  }
  return Found{*std::move(experiment), key->ordinal};
}

class StudyLogs final : public db::ObservationLogs {
 public:
  StudyLogs(Tuner& tuner, db::ObservationLogs& others) : tuner_(tuner), others_(others) {}

  Status Append(const std::string& trial, std::span<const Observation> rows) override {
    HONE_ASSIGN_OR_RETURN(const std::optional<Found> found, Find(tuner_, trial));
    if (!found) {
      return others_.Append(trial, rows);
    }
    HONE_ASSIGN_OR_RETURN(const auto study, tuner_.Open(found->experiment.key));
    return study->Append(found->ordinal, rows);
  }

  Result<std::vector<Observation>> List(const std::string& trial) override {
    HONE_ASSIGN_OR_RETURN(const std::optional<Found> found, Find(tuner_, trial));
    if (!found) {
      return others_.List(trial);
    }
    const ExperimentKey& key = found->experiment.key;
    if (found->ordinal == 0) {
      return std::vector<Observation>();
    }
    HONE_ASSIGN_OR_RETURN(
        const std::vector<Trial> trials,
        tuner_.store().ListTrials(
            {.experiment = key, .after_ordinal = found->ordinal - 1, .limit = 1}));
    if (trials.empty() || trials.front().ordinal != found->ordinal) {
      return std::vector<Observation>();
    }
    return tuner_.store().ListObservations({.attempt = trials.front().attempt_id()});
  }

  Result<std::uint64_t> Count(const std::string& trial) override {
    HONE_ASSIGN_OR_RETURN(const std::optional<Found> found, Find(tuner_, trial));
    if (!found) {
      return others_.Count(trial);
    }
    if (found->experiment.IsStudy()) {
      HONE_ASSIGN_OR_RETURN(const auto study, tuner_.Open(found->experiment.key));
      if (const std::optional<std::uint64_t> count = study->CountRows(found->ordinal)) {
        return *count;
      }
    }
    HONE_ASSIGN_OR_RETURN(const std::vector<Observation> rows, List(trial));
    return rows.size();
  }

  Status Delete(const std::string& trial) override {
    HONE_ASSIGN_OR_RETURN(const std::optional<Found> found, Find(tuner_, trial));
    if (!found) {
      return others_.Delete(trial);
    }
    return Fail(Code::kFailedPrecondition,
                "trial " + trial + ": its observations are deleted with experiment " +
                    found->experiment.key.ToString() + ", by hone delete");
  }

 private:
  Tuner& tuner_;
  db::ObservationLogs& others_;
};

}  // namespace

std::unique_ptr<db::ObservationLogs> MakeStudyLogs(Tuner& tuner, db::ObservationLogs& others) {
  return std::make_unique<StudyLogs>(tuner, others);
}

Status StopTrialEarly(Tuner& tuner, const std::string& trial) {
  HONE_ASSIGN_OR_RETURN(const std::optional<Found> found, Find(tuner, trial));
  if (!found) {
    return Fail(Code::kNotFound, "trial_name: there is no trial \"" + trial + "\"");
  }
  HONE_ASSIGN_OR_RETURN(const auto study, tuner.Open(found->experiment.key));
  return study->StopEarly(found->ordinal);
}

}  // namespace hone::controller
