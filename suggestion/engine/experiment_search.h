// ExperimentSearch: the search of one experiment. It caches a session (the algorithm with all
// history that it has been told) and reads only changes from the store; if there is no session, or
// only one for an earlier version of the experiment, it is rebuilt from the store. One thread at a
// time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "db/store/store.h"
#include "db/store/trial_feed.h"
#include "suggestion/engine/answer_pace.h"
#include "suggestion/engine/search_session.h"

namespace hone {
struct Experiment;
}

namespace hone::suggestion {

class ExperimentSearch {
 public:
  /// `store` and its `feed` must outlive the search.
  ExperimentSearch(db::Store& store, db::TrialFeed& feed) : store_(&store), feed_(&feed) {}

  /// As Suggester::Suggest, with the history that the store has at the time of the call. Trials
  /// below first_ordinal that are not stored yet have to be suggestions of this search; an
  /// algorithm that learns is told of them as running trials.
  [[nodiscard]] Result<SuggestionBatch> Suggest(const Experiment& experiment,
                                                std::uint64_t first_ordinal,
                                                std::size_t count);

  /// Records the duration of the last answer, waiting included.
  void AnswerTook(Duration duration) { pace_.AnswerTook(duration); }
  /// How many suggestions to ask for before one of `slots` is free: see AnswerPace. At least one if
  /// they do not depend on results; none if trials go on from others.
  [[nodiscard]] std::size_t AskEarly(std::size_t slots) const;
  /// True if the search remembers its suggestions: see SuggestionBatch.
  [[nodiscard]] bool Remembers() const { return session_ && session_->IsAdaptive(); }

 private:
  [[nodiscard]] Result<SuggestionBatch> SuggestFromSession(const Experiment& experiment,
                                                           std::uint64_t first_ordinal,
                                                           std::size_t count);
  /// Tells the session of all changes, and of the suggestions below first_ordinal. Returns the
  /// number of trials after that.
  [[nodiscard]] Result<std::uint64_t> Prepare(const Experiment& experiment,
                                              std::uint64_t first_ordinal);
  [[nodiscard]] Status Renew(const Experiment& experiment);
  [[nodiscard]] Result<std::uint64_t> LastOrdinal(const ExperimentKey& key);
  /// Tells the session every change since the last call, and returns the number of trials. If a
  /// trial that had ended runs again, a new session is made.
  [[nodiscard]] Result<std::uint64_t> CatchUp(const Experiment& experiment);
  [[nodiscard]] Result<bool> TellNews(const ExperimentKey& key);

  db::Store* store_;
  db::TrialFeed* feed_;
  std::optional<SearchSession> session_;
  /// Suggestions that are not stored as trials yet, as running trials.
  std::map<std::uint64_t, Trial> suggested_;
  AnswerPace pace_;
};

}  // namespace hone::suggestion
