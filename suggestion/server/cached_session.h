// CachedSession: the session of a caller who brings the whole history with every question, as
// Katib's controller does. It is kept between questions only to be quick: trials that are known by
// their bytes are not decoded again, and the algorithm is told only what is new. The answer is that
// of a session made anew from the question; whenever that is in doubt, one is. One thread at a
// time.
//
// What was suggested stays taken though its trial is not in the question. The session remembers it,
// or works out once more, where it was not the one that was asked, what the algorithm must have
// said: see TellAll.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proto/core/result.h"
#include "proto/model/suggestion.h"
#include "proto/wire/api.h"
#include "suggestion/engine/search_session.h"
#include "suggestion/server/handed_out.h"

namespace hone {
struct Experiment;
}

namespace hone::suggestion {

struct Question {
  std::shared_ptr<const Experiment> experiment;
  /// What tells experiments apart: the message as it came.
  std::string identity;
  /// Encoded messages of kind api.v1.beta1.Trial, in any order: views of the bytes that came.
  std::vector<std::string_view> trials;
  /// A sum of each of them.
  std::vector<std::uint64_t> sums;
  /// How many suggestions the caller has got so far.
  std::uint64_t handed_out = 0;
  std::size_t count = 0;
};

/// Exactly as many suggestions as were asked for, for the trials first_ordinal and up.
struct Answer {
  std::uint64_t first_ordinal = 1;
  std::vector<Suggestion> suggestions;
};

class CachedSession {
 public:
  /// How many trials of the question are known.
  [[nodiscard]] std::size_t CountKnown(const Question& question) const;
  /// True if there is one: quicker.
  [[nodiscard]] bool KnowsAny(const Question& question) const;
  [[nodiscard]] std::size_t size() const { return told_.size(); }
  /// What it remembers of suggestions without a trial that has ended.
  [[nodiscard]] std::size_t bytes() const { return handed_out_.bytes(); }

  /// kInvalidArgument if the experiment or a trial cannot be read; kOutOfRange if the search space
  /// has fewer points left; kFailedPrecondition if running trials have to end first.
  [[nodiscard]] Result<Answer> Suggest(const Question& question);

 private:
  struct Told {
    bool has_ended = false;
    /// The last question that had it.
    std::uint64_t last_question = 0;
  };
  /// Tells the session what is new. False if the question does not follow from what the session
  /// knows: it has to be made anew.
  [[nodiscard]] Result<bool> CatchUp(const Question& question);
  /// True if a trial whose bytes are not known may be a new one, or a known one that has changed.
  [[nodiscard]] bool MayFollow(const proto::NamedTrial& named, std::uint64_t last) const;
  /// Notes such a trial; false if it had ended before.
  [[nodiscard]] bool Take(std::uint64_t sum, const proto::NamedTrial& named);
  /// Tells the session. False if a part of the last answer has not become a trial.
  [[nodiscard]] bool Observe(std::vector<Trial> news);
  [[nodiscard]] Status MakeAnew(const Question& question);
  /// Tells a new session of all trials, in the order of their numbers up to `last`, and of those
  /// that are missing between and behind them.
  void TellAll(std::vector<proto::NamedTrial> trials, std::uint64_t last, SearchSession& session);
  /// Adds to `news` the trial that the caller left out, if it was suggested. `has_later`: the
  /// caller has trials that were made after it.
  void AddMissing(std::uint64_t ordinal,
                  bool has_later,
                  std::vector<Trial>& news,
                  SearchSession& session);
  /// A suggestion whose trial is missing; `before` are trials that the session is still to be told.
  [[nodiscard]] const HandedOut::Entry* FindMissing(std::uint64_t ordinal,
                                                    std::vector<Trial>& before,
                                                    SearchSession& session);
  [[nodiscard]] std::uint64_t FirstOrdinal(const Question& question) const;
  /// The question is the last one again.
  [[nodiscard]] bool IsRepeated(const Question& question) const;

  std::optional<SearchSession> session_;
  std::uint64_t questions_ = 0;
  /// What the session has been told: by sum of the bytes, and the sum by ordinal.
  std::unordered_map<std::uint64_t, Told> told_;
  std::unordered_map<std::uint64_t, std::uint64_t> sums_;
  /// False if some trials came without a number: they are numbered among all at each question.
  bool has_own_numbers_ = false;
  HandedOut handed_out_;
  /// True if some suggestions are still to become trials, as far as can be told: the next question
  /// may know better.
  bool waits_for_trials_ = false;
  /// The last answer, and whether nothing has been told since.
  Answer answer_;
  bool is_answered_ = false;
};

}  // namespace hone::suggestion
