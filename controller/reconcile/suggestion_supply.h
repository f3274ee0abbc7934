// SuggestionSupply: suggestions at hand for the next trials of one experiment, and what the
// suggester said with them. Owned by whoever creates the experiment's trials, on one thread at a
// time. What it holds is asked for again by a new process.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "db/store/store.h"
#include "proto/model/suggestion.h"
#include "suggestion/suggester.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

class SuggestionSupply {
 public:
  /// `suggester` must outlive the supply.
  explicit SuggestionSupply(suggestion::Suggester& suggester) : suggester_(suggester) {}

  /// Throws away what is at hand, and everything that was said but a refusal.
  void Clear();
  /// Everything that was said, too: it was about another experiment.
  void Forget();
  /// Asks for `count` suggestions for the next trials of `experiment`, which learn from what is
  /// stored. An error is worth another try; a refusal for good is failure().
  [[nodiscard]] Status Ask(const Experiment& experiment, std::size_t count);
  /// The same for trials that cannot be created yet, if the suggester wants to be asked early: for
  /// as many as it says, or `count` if that is more. Not while there are some at hand, unless the
  /// suggester remembers those.
  [[nodiscard]] Status AskEarly(const Experiment& experiment, std::size_t count);
  /// Adds at most `count` trials with `labels` to the transition, which run from `now` on.
  void AddTrials(std::size_t count,
                 const std::map<std::string, std::string>& labels,
                 Time now,
                 db::Transition& transition);

  [[nodiscard]] bool IsEmpty() const { return ahead_.empty(); }
  /// There are no other points, and none is at hand.
  [[nodiscard]] bool HasEnded() const { return space_ended_ && ahead_.empty(); }
  /// The suggester wakes the experiment when it has an answer.
  [[nodiscard]] bool AwaitsAnswer() const { return awaits_answer_; }
  /// True if there is nothing more before another trial than the `completed` ones has ended.
  [[nodiscard]] bool WaitsForAnEnd(std::int64_t completed) const {
    return short_since_ == completed;
  }
  /// The suggester has refused for good, with this message.
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }

 private:
  suggestion::Suggester& suggester_;
  /// In the order of the trials that they are for.
  std::deque<Suggestion> ahead_;
  bool space_ended_ = false;
  bool awaits_answer_ = false;
  std::size_t ask_early_ = 0;
  bool suggester_remembers_ = false;
  /// How many trials had ended when the suggester gave fewer than it was asked for.
  std::optional<std::int64_t> short_since_;
  std::optional<std::string> failure_;
};

}  // namespace hone::controller
