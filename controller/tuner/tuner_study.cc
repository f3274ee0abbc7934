#include "controller/tuner/tuner_study.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "controller/decide/ending.h"
#include "db/store/find_trial.h"
#include "db/store/transition.h"
#include "proto/model/field_error.h"

namespace hone::controller {
namespace {

constexpr std::size_t kFailureTextMax = 4096;

/// At most `bytes` of a text, no character of UTF-8 in pieces.
std::string Cut(std::string text, std::size_t bytes) {
  if (text.size() > bytes) {
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) {
      --bytes;
    }
    text.resize(bytes);
  }
  return text;
}

tl::unexpected<Error> HasEnded(const Trial& trial) {
  return Fail(Code::kFailedPrecondition,
              "trial " + std::to_string(trial.ordinal) + ": has ended already (" +
                  std::string(ToText(trial.state)) + ")");
}

std::string ClientOf(const Trial& trial) {
  const auto label = trial.labels.find(kClientLabel);
  return label == trial.labels.end() ? "" : label->second;
}

}  // namespace

StudyState StateOf(const Experiment& experiment) {
  if (experiment.status.IsCompleted()) {
    return experiment.status.Is(ConditionType::kFailed) ? StudyState::kFailed
                                                        : StudyState::kSucceeded;
  }
  return experiment.spec.suspend ? StudyState::kSuspended : StudyState::kRunning;
}

std::string MessageOf(const Experiment& experiment) {
  const std::vector<Condition>& conditions = experiment.status.conditions;
  return conditions.empty() ? "" : conditions.back().message;
}

Status CheckIsStudy(const Experiment& experiment) {
  if (experiment.IsStudy()) {
    return {};
  }
  return Fail(Code::kFailedPrecondition,
              "experiment " + experiment.key.ToString() +
                  ": has a trialTemplate, by which hone runs its trials itself; clients run those "
                  "of studies, which have none");
}

TunerStudy::TunerStudy(const TunerWorld& world,
                       ExperimentKey key,
                       std::unique_ptr<suggestion::Suggester> suggester)
    : world_(world),
      suggester_(std::move(suggester)),
      held_(world.store, world.epoch, std::move(key), *suggester_) {}

Status TunerStudy::Load() {
  HONE_RETURN_IF_ERROR(held_.Load());
  HONE_RETURN_IF_ERROR(CheckIsStudy(experiment()));
  rows_.clear();
  clients_.clear();
  for (const auto& [ordinal, active] : held_.active().all()) {
    clients_[ClientOf(active.trial)].insert(ordinal);
  }
  return {};
}

Status TunerStudy::Refresh() {
  HONE_ASSIGN_OR_RETURN(const HeldExperiment::Standing standing, held_.Compare());
  const bool is_same = held_.is_loaded() && standing == HeldExperiment::Standing::kSame;
  return is_same ? Status() : Load();
}

Status TunerStudy::CheckMetrics(const MetricValues& metrics) const {
  const std::vector<std::string> known = experiment().spec.objective->MetricNames();
  for (const auto& [name, value] : metrics) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return Fail(
          Code::kInvalidArgument,
          "metrics: \"" + name + "\" is no metric of study " + held_.key().ToString() +
              SpellingHint(name, known, "; name it in spec.objective.additionalMetricNames"));
    }
  }
  return {};
}

Result<std::optional<Asked>> TunerStudy::Ask(const std::string& client, std::size_t count) {
  if (StateOf(experiment()) != StudyState::kRunning) {
    HONE_RETURN_IF_ERROR(Refresh());  // somebody may have let it go on
  }
  std::vector<Trial> trials = TrialsOf(client, count);
  const std::size_t owned = trials.size();
  while (trials.size() < count) {
    const std::size_t before = trials.size();
    HONE_RETURN_IF_ERROR(CreateTrials(client, count - before));
    trials = TrialsOf(client, count);
    if (trials.size() == before) {
      break;
    }
  }
  const StudyState state = StateOf(experiment());
  // The rest of a request that could be met in part is about to arrive.
  const bool is_partial = trials.size() > owned && trials.size() < count;
  const bool has_to_wait = trials.empty() || (is_partial && held_.supply().AwaitsAnswer());
  if (has_to_wait && state == StudyState::kRunning) {
    return std::nullopt;
  }
  // What goes wrong is said when it is needed.
  const Status ignored = held_.supply().AskEarly(experiment(), count);
  return Asked{std::move(trials), state, MessageOf(experiment())};
}

std::vector<Trial> TunerStudy::TrialsOf(const std::string& client, std::size_t count) const {
  std::vector<Trial> trials;
  const auto found = clients_.find(client);
  if (found != clients_.end()) {
    for (const std::uint64_t ordinal : found->second) {
      if (trials.size() == count) {
        break;
      }
      trials.push_back(held_.active().all().at(ordinal).trial);
    }
  }
  return trials;
}

ExperimentView TunerStudy::View(std::optional<std::int64_t> asked) const {
  ExperimentView view = held_.View(world_.clock.Now());
  view.limits = {.runs_again = false};
  view.asked = asked;
  return view;
}

Status TunerStudy::CreateTrials(const std::string& client, std::size_t count) {
  const auto asked = static_cast<std::int64_t>(count);
  Decision decision = Decide(View(asked));
  if (decision.create > 0 && held_.supply().IsEmpty() && !held_.WaitsForAnEnd()) {
    HONE_RETURN_IF_ERROR(held_.supply().Ask(experiment(), decision.create));
    decision = Decide(View(asked));
  }
  db::Transition transition = held_.Begin();
  transition.experiment_changed_state = decision.status_changed_state;
  transition.experiment.status = decision.status;
  held_.supply().AddTrials(
      decision.create, {{kClientLabel, client}}, world_.clock.Now(), transition);
  if (transition.created.empty() && decision.status == experiment().status) {
    return {};
  }
  return Commit(transition);
}

Result<Trial> TunerStudy::Stored(std::uint64_t ordinal) const {
  HONE_ASSIGN_OR_RETURN(std::optional<Trial> found,
                        db::FindTrial(world_.store, held_.key(), ordinal));
  if (!found) {
    return Fail(
        Code::kNotFound,
        "trial: study " + held_.key().ToString() + " has no trial " + std::to_string(ordinal));
  }
  return *std::move(found);
}

const ActiveTrial* TunerStudy::FindActive(std::uint64_t ordinal) const {
  const auto found = held_.active().all().find(ordinal);
  return found == held_.active().all().end() ? nullptr : &found->second;
}

Result<const ActiveTrial*> TunerStudy::FindRunning(std::uint64_t ordinal) const {
  if (const ActiveTrial* const active = FindActive(ordinal)) {
    return active;
  }
  HONE_ASSIGN_OR_RETURN(const Trial ended, Stored(ordinal));
  return HasEnded(ended);
}

Result<ReportedRows*> TunerStudy::RowsOf(const ActiveTrial& active) {
  const auto [rows, is_new] = rows_.try_emplace(active.trial.ordinal);
  if (is_new) {
    Result<std::vector<Observation>> stored =
        world_.store.ListObservations({.attempt = active.trial.attempt_id()});
    if (!stored) {
      rows_.erase(rows);
      return tl::unexpected<Error>(stored.error());
    }
    rows->second.Add(*stored);
  }
  return &rows->second;
}

Result<std::vector<Observation>> TunerStudy::MakeRows(const ActiveTrial& active,
                                                      std::optional<std::int64_t> step,
                                                      const MetricValues& metrics) {
  HONE_ASSIGN_OR_RETURN(const ReportedRows* const known, RowsOf(active));
  // The newest, also if another clock is ahead of ours.
  const Time now = std::max(world_.clock.Now(), known->last_time());
  std::uint64_t sequence = known->last_sequence();
  std::vector<Observation> rows;
  for (const auto& [metric, value] : metrics) {
    if (!step || !known->Has(metric, *step)) {
      rows.push_back({.sequence = ++sequence,
                      .metric = metric,
                      .step = step.value_or(known->CountOf(metric) + 1),
                      .value = FormatNumber(value),
                      .time = now});
    }
  }
  return rows;
}

Status TunerStudy::Keep(const ActiveTrial& active, const std::vector<Observation>& rows) {
  if (rows.empty()) {
    return {};
  }
  if (rows.back().sequence > kReportedRowsMax) {
    return Fail(Code::kResourceExhausted,
                "trial " + std::to_string(active.trial.ordinal) + ": has " +
                    std::to_string(kReportedRowsMax) + " values already");
  }
  const AttemptId id = active.trial.attempt_id();
  db::Transition transition = held_.Begin();
  transition.observations.push_back({id, rows});
  HONE_RETURN_IF_ERROR(Commit(transition));
  rows_.at(id.ordinal).Add(rows);
  held_.Take(id, rows);
  return {};
}

Result<std::optional<std::string>> TunerStudy::Report(std::uint64_t ordinal,
                                                      std::int64_t step,
                                                      const MetricValues& metrics) {
  HONE_RETURN_IF_ERROR(CheckMetrics(metrics));
  HONE_ASSIGN_OR_RETURN(const ActiveTrial* const active, FindRunning(ordinal));
  HONE_ASSIGN_OR_RETURN(const std::vector<Observation> rows, MakeRows(*active, step, metrics));
  HONE_RETURN_IF_ERROR(Keep(*active, rows));
  if (active->early_stop) {
    return active->early_stop->message;
  }
  if (experiment().status.IsCompleted()) {
    return "the study has ended: " + MessageOf(experiment());
  }
  return std::nullopt;
}

Status TunerStudy::Append(std::uint64_t ordinal, std::span<const Observation> rows) {
  HONE_ASSIGN_OR_RETURN(const ActiveTrial* const active, FindRunning(ordinal));
  HONE_ASSIGN_OR_RETURN(const ReportedRows* const known, RowsOf(*active));
  std::uint64_t sequence = known->last_sequence();
  std::map<std::string, std::int64_t> steps;
  std::vector<Observation> numbered(rows.begin(), rows.end());
  for (Observation& row : numbered) {
    row.sequence = ++sequence;
    row.step = known->CountOf(row.metric) + ++steps[row.metric];
  }
  return Keep(*active, numbered);
}

Result<std::uint64_t> TunerStudy::CountRows(std::uint64_t ordinal) {
  HONE_ASSIGN_OR_RETURN(const ActiveTrial* const active, FindRunning(ordinal));
  HONE_ASSIGN_OR_RETURN(const ReportedRows* const known, RowsOf(*active));
  return known->last_sequence();
}

Result<Trial> TunerStudy::Tell(std::uint64_t ordinal, const TrialOutcome& outcome) {
  HONE_RETURN_IF_ERROR(CheckMetrics(outcome.metrics));
  if (const ActiveTrial* const active = FindActive(ordinal)) {
    return End(*active, outcome, active->early_stop);
  }
  HONE_ASSIGN_OR_RETURN(Trial ended, Stored(ordinal));
  if (!IsSame(ended, outcome)) {
    return HasEnded(ended);
  }
  return ended;
}

Status TunerStudy::StopEarly(std::uint64_t ordinal) {
  if (const ActiveTrial* const active = FindActive(ordinal)) {
    HONE_RETURN_IF_ERROR(End(*active, {}, EarlyStop{"its stopping rules were met"}));
    return {};
  }
  HONE_ASSIGN_OR_RETURN(const Trial ended, Stored(ordinal));
  if (ended.state != TrialState::kEarlyStopped) {
    return HasEnded(ended);
  }
  return {};
}

Result<Trial> TunerStudy::End(const ActiveTrial& active,
                              const TrialOutcome& outcome,
                              std::optional<EarlyStop> early_stop) {
  HONE_ASSIGN_OR_RETURN(std::vector<Observation> rows,
                        MakeRows(active, std::nullopt, outcome.metrics));
  ObservationFold fold = active.fold;
  fold.Add(rows);
  // The first summary is the objective's.
  if (!outcome.failure && !early_stop &&
      fold.summaries().front().latest == MetricSummary::kUnavailable) {
    return Fail(Code::kInvalidArgument,
                "metrics: must have the objective \"" + fold.summaries().front().name +
                    "\", which has not been reported either; if there is no result, set `failed`");
  }
  TrialView told{active.trial, {}, fold.summaries(), std::move(early_stop)};
  told.workload.phase =
      outcome.failure ? WorkloadState::Phase::kFailed : WorkloadState::Phase::kSucceeded;
  told.workload.started = active.trial.started;
  told.workload.finished = world_.clock.Now();
  told.workload.reason = outcome.failure ? "TrialFailed" : "";
  told.workload.message = Cut(outcome.failure.value_or(""), kFailureTextMax);
  if (told.early_stop) {
    told.early_stop->is_under_way = true;
  }
  ExperimentView view = View(std::nullopt);
  view.active.push_back(std::move(told));
  const Decision decision = Decide(view);
  db::Transition transition = held_.Begin();
  transition.experiment_changed_state = decision.status_changed_state;
  transition.updated = decision.updated;
  transition.experiment.status = decision.status;
  transition.observations.push_back({active.trial.attempt_id(), std::move(rows)});
  HONE_RETURN_IF_ERROR(Commit(transition));
  return std::move(transition.updated.front());
}

Status TunerStudy::Commit(db::Transition& transition) {
  HONE_RETURN_IF_ERROR(held_.Commit(transition));
  for (const std::vector<Trial>* const trials : {&transition.updated, &transition.created}) {
    for (const Trial& trial : *trials) {
      Apply(trial);
    }
  }
  return {};
}

void TunerStudy::Apply(const Trial& trial) {
  const std::string client = ClientOf(trial);
  if (!IsTerminal(trial.state)) {
    clients_[client].insert(trial.ordinal);
    return;
  }
  rows_.erase(trial.ordinal);
  const auto trials = clients_.find(client);
  if (trials != clients_.end() && trials->second.erase(trial.ordinal) > 0 &&
      trials->second.empty()) {
    clients_.erase(trials);
  }
}

}  // namespace hone::controller
