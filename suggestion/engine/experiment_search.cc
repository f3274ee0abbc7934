#include "suggestion/engine/experiment_search.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "proto/model/experiment.h"

namespace hone::suggestion {
namespace {

// How many points to get at a time from an algorithm that does not learn: fewer calls, same points.
constexpr std::size_t kAheadMin = 64;

}  // namespace

Result<SuggestionBatch> ExperimentSearch::Suggest(const Experiment& experiment,
                                                  std::uint64_t first_ordinal,
                                                  std::size_t count) {
  auto batch = SuggestFromSession(experiment, first_ordinal, count);
  if (!batch) {
    return Wrap("suggest for experiment " + experiment.key.ToString(), std::move(batch).error());
  }
  return batch;
}

std::size_t ExperimentSearch::AskEarly(std::size_t slots) const {
  if (!session_ || session_->HasParents()) {
    return 0;
  }
  return session_->IsAdaptive() ? pace_.AskEarly(slots) : 1;
}

Result<SuggestionBatch> ExperimentSearch::SuggestFromSession(const Experiment& experiment,
                                                             std::uint64_t first_ordinal,
                                                             std::size_t count) {
  HONE_ASSIGN_OR_RETURN(std::uint64_t trials, Prepare(experiment, first_ordinal));
  if (trials >= first_ordinal && !suggested_.empty()) {  // the caller dropped these
    suggested_.clear();
    session_.reset();
    HONE_ASSIGN_OR_RETURN(trials, Prepare(experiment, first_ordinal));
  }
  if (trials + 1 != first_ordinal) {
    session_.reset();  // in case the session is wrong
    return Fail(trials < first_ordinal ? Code::kUnavailable : Code::kAborted,
                "asked for trial " + std::to_string(first_ordinal) + " while the store has " +
                    std::to_string(trials));
  }
  if (!session_->IsAdaptive()) {
    return session_->Suggest(first_ordinal, std::max(count, kAheadMin));
  }
  auto batch = session_->Suggest(first_ordinal, count);
  std::uint64_t ordinal = first_ordinal;
  for (const Suggestion& suggestion : batch ? batch->suggestions : std::vector<Suggestion>()) {
    suggested_[ordinal] = {.experiment = experiment.key,
                           .ordinal = ordinal,
                           .assignments = suggestion.assignments,
                           .parent = suggestion.parent};
    ++ordinal;
  }
  return batch;
}

Result<std::uint64_t> ExperimentSearch::Prepare(const Experiment& experiment,
                                                std::uint64_t first_ordinal) {
  HONE_RETURN_IF_ERROR(Renew(experiment));
  if (!session_->LearnsFromTrials()) {
    return LastOrdinal(experiment.key);
  }
  HONE_ASSIGN_OR_RETURN(std::uint64_t trials, CatchUp(experiment));
  for (auto next = suggested_.find(trials + 1);
       next != suggested_.end() && next->first < first_ordinal;
       next = suggested_.find(trials + 1)) {
    session_->Observe({&next->second, 1});
    trials = session_->last_ordinal();
  }
  return trials;
}

Status ExperimentSearch::Renew(const Experiment& experiment) {
  if (session_ && session_->IsOf(experiment)) {
    return {};
  }
  session_.reset();
  HONE_ASSIGN_OR_RETURN(session_, SearchSession::Make(experiment));
  return {};
}

Result<std::uint64_t> ExperimentSearch::LastOrdinal(const ExperimentKey& key) {
  HONE_ASSIGN_OR_RETURN(const std::vector<Trial> last,
                        store_->ListTrials({.experiment = key, .descending = true, .limit = 1}));
  return last.empty() ? 0 : last.front().ordinal;
}

Result<std::uint64_t> ExperimentSearch::CatchUp(const Experiment& experiment) {
  HONE_ASSIGN_OR_RETURN(bool is_right, TellNews(experiment.key));
  if (!is_right) {
    session_.reset();
    HONE_RETURN_IF_ERROR(Renew(experiment));
    HONE_ASSIGN_OR_RETURN(is_right, TellNews(experiment.key));
  }
  if (!is_right) {  // another process restarted a trial between two pages of the feed
    session_.reset();
    return Fail(Code::kUnavailable, "trials began again while they were read");
  }
  return session_->last_ordinal();
}

Result<bool> ExperimentSearch::TellNews(const ExperimentKey& key) {
  bool is_right = true;
  HONE_RETURN_IF_ERROR(feed_->Read(key, session_->cursor, [&](std::span<const Trial> trials) {
    is_right = is_right && session_->Observe(trials);
    for (const Trial& trial : trials) {
      suggested_.erase(trial.ordinal);
      if (trial.started != Time() && trial.completed > trial.started) {
        pace_.TrialTook(trial.completed - trial.started);
      }
    }
  }));
  return is_right;
}

}  // namespace hone::suggestion
