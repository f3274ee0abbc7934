#include "controller/reconcile/early_stopping.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include "algorithms/rule_catalogue.h"
#include "db/store/find_trial.h"
#include "proto/model/experiment.h"

namespace hone::controller {
namespace {

/// Trials are read in pages of this size.
constexpr std::size_t kPage = 1024;

algorithms::Outcome OutcomeOf(TrialState state) {
  switch (state) {
    case TrialState::kCreated:
    case TrialState::kRunning:
      return algorithms::Outcome::kRunning;
    case TrialState::kSucceeded:
      return algorithms::Outcome::kComplete;
    case TrialState::kEarlyStopped:
      return algorithms::Outcome::kStoppedEarly;
    case TrialState::kFailed:
    case TrialState::kKilled:
    case TrialState::kMetricsUnavailable:
      break;
  }
  return algorithms::Outcome::kFailed;
}

/// For people: six digits are enough.
std::string Short(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

}  // namespace

Result<std::unique_ptr<EarlyStopping>> EarlyStopping::Make(const ExperimentSpec& spec) {
  if (!spec.early_stopping) {
    return nullptr;
  }
  const algorithms::Rule* rule = algorithms::FindRule(spec.early_stopping->name);
  if (rule == nullptr) {
    return Fail(
        Code::kInvalidArgument,
        "spec.earlyStopping.algorithmName: unknown rule \"" + spec.early_stopping->name + "\"");
  }
  FieldErrors errors;
  algorithms::CheckSettings(
      *rule, spec.early_stopping->settings, "spec.earlyStopping.algorithmSettings", errors);
  if (HasErrors(errors)) {
    return Fail(Code::kInvalidArgument, errors.front().ToString());
  }
  return std::unique_ptr<EarlyStopping>(new EarlyStopping(*rule, spec));
}

EarlyStopping::EarlyStopping(const algorithms::Rule& rule, const ExperimentSpec& spec)
    : name_(rule.name),
      metric_(spec.objective->metric_name),
      sign_(spec.objective->type == ObjectiveType::kMaximize ? -1 : 1),
      trials_remembered_(rule.trials_remembered),
      rule_(rule.make(spec.early_stopping->settings)) {}

Status EarlyStopping::Load(db::Store& store,
                           const Experiment& experiment,
                           const ActiveTrials& active) {
  if (!has_history_) {
    HONE_RETURN_IF_ERROR(ReadHistory(store, experiment));
    has_history_ = true;
  }
  // A commit whose answer was lost may have ended trials, begun others, or both.
  const std::map<std::uint64_t, std::int32_t> known = attempts_;
  for (const auto& [ordinal, attempt] : known) {
    if (!active.all().contains(ordinal)) {
      HONE_ASSIGN_OR_RETURN(const std::optional<Trial> stored,
                            db::FindTrial(store, experiment.key, ordinal));
      if (stored) {
        Apply(*stored);
      }
    }
  }
  for (const auto& [ordinal, trial] : active.all()) {
    if (!attempts_.contains(ordinal)) {
      HONE_RETURN_IF_ERROR(Replay(store, trial.trial));
    }
    Apply(trial.trial);
  }
  return {};
}

Status EarlyStopping::ReadHistory(db::Store& store, const Experiment& experiment) {
  const auto created = static_cast<std::uint64_t>(experiment.status.counts.created);
  db::TrialQuery query{.experiment = experiment.key, .limit = kPage};
  query.after_ordinal = created - std::min(created, trials_remembered_);
  std::vector<std::pair<std::uint64_t, algorithms::Outcome>> ended;
  while (query.after_ordinal < created) {
    HONE_ASSIGN_OR_RETURN(const std::vector<Trial> trials, store.ListTrials(query));
    if (trials.empty()) {
      break;
    }
    for (const Trial& trial : trials) {
      HONE_RETURN_IF_ERROR(Replay(store, trial));
      if (IsTerminal(trial.state)) {
        ended.emplace_back(trial.ordinal, OutcomeOf(trial.state));
      }
    }
    query.after_ordinal = trials.back().ordinal;
  }
  // All ends after all reports: as long as no trial has ended there is little to compare with.
  for (const auto& [ordinal, outcome] : ended) {
    rule_->End(ordinal, outcome);
    attempts_.erase(ordinal);
  }
  return {};
}

/// Whoever was to be stopped before is not: its process is gone, and it is judged anew when it
/// reports again.
Status EarlyStopping::Replay(db::Store& store, const Trial& trial) {
  rule_->Begin(trial.ordinal);
  attempts_[trial.ordinal] = trial.attempt;
  HONE_ASSIGN_OR_RETURN(const std::vector<Observation> observations,
                        store.ListObservations({.attempt = trial.attempt_id(), .metric = metric_}));
  static_cast<void>(Observe(trial.attempt_id(), observations));
  return {};
}

std::optional<std::string> EarlyStopping::Observe(const AttemptId& id,
                                                  std::span<const Observation> observations) {
  const auto known = attempts_.find(id.ordinal);
  if (known == attempts_.end() || known->second != id.attempt) {
    return std::nullopt;
  }
  std::optional<std::string> reason;
  for (const Observation& observation : observations) {
    if (observation.metric != metric_) {
      continue;
    }
    const double value = ParseNumber(observation.value).value_or(std::nan(""));
    const auto verdict = rule_->Observe({id.ordinal, observation.step, sign_ * value});
    if (verdict && !reason) {
      reason = Describe(*verdict);
    }
  }
  return reason;
}

void EarlyStopping::Apply(const Trial& trial) {
  if (IsTerminal(trial.state)) {
    rule_->End(trial.ordinal, OutcomeOf(trial.state));
    attempts_.erase(trial.ordinal);
    return;
  }
  std::int32_t& attempt = attempts_[trial.ordinal];
  if (attempt != trial.attempt) {
    attempt = trial.attempt;
    rule_->Begin(trial.ordinal);
  }
}

std::string EarlyStopping::Describe(const algorithms::Verdict& verdict) const {
  std::string text = name_ + " stopped it at step " + std::to_string(verdict.step) + ": " +
                     verdict.reason + " (" + Short(sign_ * verdict.value);
  if (verdict.bar) {
    text += ", needed " + Short(sign_ * *verdict.bar);
  }
  return text + ")";
}

}  // namespace hone::controller
