#include "controller/reconcile/suggestion_supply.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "db/store/transition.h"
#include "proto/model/experiment.h"

namespace hone::controller {

void SuggestionSupply::Clear() {
  ahead_.clear();
  space_ended_ = false;
  short_since_.reset();
}

void SuggestionSupply::Forget() {
  Clear();
  ask_early_ = 0;
  suggester_remembers_ = false;
  awaits_answer_ = false;
  failure_.reset();
}

Status SuggestionSupply::Ask(const Experiment& experiment, std::size_t count) {
  const auto created = static_cast<std::uint64_t>(experiment.status.counts.created);
  const std::uint64_t first = created + ahead_.size() + 1;
  Result<SuggestionBatch> batch = suggester_.Suggest(experiment, first, count);
  awaits_answer_ = batch && batch->is_pending && batch->suggestions.empty();
  if (!batch && batch.error().IsRetryable()) {
    return tl::unexpected<Error>(std::move(batch).error());
  }
  if (!batch) {
    failure_ = batch.error().message;
    return {};
  }
  ask_early_ = batch->ask_early;
  suggester_remembers_ = batch->remembers;
  space_ended_ = batch->space_ended;
  short_since_.reset();
  if (batch->suggestions.size() < count && !space_ended_ && !batch->is_pending) {
    short_since_ = experiment.status.counts.Completed();
  }
  std::move(batch->suggestions.begin(), batch->suggestions.end(), std::back_inserter(ahead_));
  return {};
}

Status SuggestionSupply::AskEarly(const Experiment& experiment, std::size_t count) {
  const ExperimentStatus& status = experiment.status;
  const bool goes_on = !status.IsCompleted() && !experiment.spec.suspend && !space_ended_ &&
                       !failure_ && !WaitsForAnEnd(status.counts.Completed());
  if (ask_early_ == 0 || !goes_on || !(ahead_.empty() || suggester_remembers_)) {
    return {};
  }
  count = std::max(count, ask_early_);
  if (experiment.spec.max_trial_count) {
    const std::int64_t left = *experiment.spec.max_trial_count - status.counts.created;
    count = std::min(count, static_cast<std::size_t>(std::max<std::int64_t>(left, 0)));
  }
  return count > ahead_.size() ? Ask(experiment, count - ahead_.size()) : Status();
}

void SuggestionSupply::AddTrials(std::size_t count,
                                 const std::map<std::string, std::string>& labels,
                                 Time now,
                                 db::Transition& transition) {
  TrialCounts& counts = transition.experiment.status.counts;
  for (; count > 0 && !ahead_.empty(); --count) {
    ++counts.created;
    ++counts.running;
    Suggestion& suggestion = ahead_.front();
    Trial trial{.experiment = transition.experiment.key,
                .ordinal = static_cast<std::uint64_t>(counts.created)};
    trial.assignments = std::move(suggestion.assignments);
    trial.parent = suggestion.parent;
    trial.labels = std::move(suggestion.labels);
    for (const auto& [name, value] : labels) {
      trial.labels[name] = value;
    }
    trial.state = TrialState::kRunning;
    trial.reason = "TrialRunning";
    trial.created = trial.started = now;
    transition.created.push_back(std::move(trial));
    ahead_.pop_front();
  }
}

}  // namespace hone::controller
