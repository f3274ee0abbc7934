// ExperimentSearch: the search of one experiment. It keeps a session, the algorithm with all
// history it has been told, and reads from the store only what is new; a session that is missing,
// or is of the experiment as it was before, is rebuilt from the store. One thread at a time.
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

  /// As Suggester::Suggest, with the history that the store holds when this reads it. Trials below
  /// first_ordinal that are not stored yet have to be suggestions of this search; if it learns, it
  /// takes them for trials that run.
  [[nodiscard]] Result<SuggestionBatch> Suggest(const Experiment& experiment,
                                                std::uint64_t first_ordinal,
                                                std::size_t count);

  /// The last answer took so long, all in all.
  void AnswerTook(Duration duration) { pace_.AnswerTook(duration); }
  /// How many suggestions to ask for before one of `slots` is free: see AnswerPace. The next ones
  /// in any case, if they do not depend on results; none, if trials go on from others.
  [[nodiscard]] std::size_t AskEarly(std::size_t slots) const;
  /// True if its suggestions are remembered: see SuggestionBatch.
  [[nodiscard]] bool Remembers() const { return session_ && session_->IsAdaptive(); }

 private:
  [[nodiscard]] Result<SuggestionBatch> SuggestFromSession(const Experiment& experiment,
                                                           std::uint64_t first_ordinal,
                                                           std::size_t count);
  /// The session is told of what is new, and of the suggestions below first_ordinal. How many
  /// trials there are then.
  [[nodiscard]] Result<std::uint64_t> Prepare(const Experiment& experiment,
                                              std::uint64_t first_ordinal);
  [[nodiscard]] Status Renew(const Experiment& experiment);
  [[nodiscard]] Result<std::uint64_t> LastOrdinal(const ExperimentKey& key);
  /// Tells the session every change since the last time, and returns how many trials there are. If
  /// one that had ended runs again, the session is made anew.
  [[nodiscard]] Result<std::uint64_t> CatchUp(const Experiment& experiment);
  [[nodiscard]] Result<bool> TellNews(const ExperimentKey& key);

  db::Store* store_;
  db::TrialFeed* feed_;
  std::optional<SearchSession> session_;
  /// What was suggested and is not stored yet, as trials that run.
  std::map<std::uint64_t, Trial> suggested_;
  AnswerPace pace_;
};

}  // namespace hone::suggestion
