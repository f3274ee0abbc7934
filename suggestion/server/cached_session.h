// CachedSession: the session for a caller that sends the whole history with every question, as
// Katib's controller does. It is cached between questions only for speed: trials whose bytes are
// known are not decoded again, and the algorithm is told only of changes. The answer equals that of
// a new session made from the question; in any doubt, a new one is made. One thread at a time.
//
// A suggested point stays taken even if its trial is not in the question. The session remembers its
// suggestions; if another session made them, it repeats the algorithm's computation: see TellAll.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proto/core/fingerprint.h"
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
  /// Identifies the experiment: its message, byte for byte.
  std::string identity;
  /// Encoded messages of kind api.v1.beta1.Trial, in any order: views of the request's bytes.
  std::vector<std::string_view> trials;
  /// The fingerprint of each of them (see TrialFingerprint).
  std::vector<Fingerprint> fingerprints;
  /// The number of suggestions that the caller has received so far.
  std::uint64_t handed_out = 0;
  std::size_t count = 0;
};

/// Exactly as many suggestions as were asked for, for the trials from first_ordinal on.
struct Answer {
  std::uint64_t first_ordinal = 1;
  std::vector<Suggestion> suggestions;
};

class CachedSession {
 public:
  /// The number of the question's trials that the session knows.
  [[nodiscard]] std::size_t CountKnown(const Question& question) const;
  /// True if the session knows at least one of them; faster than CountKnown.
  [[nodiscard]] bool KnowsAny(const Question& question) const;
  [[nodiscard]] std::size_t size() const { return told_.size(); }
  /// The size of the remembered suggestions whose trials have not ended.
  [[nodiscard]] std::size_t bytes() const { return handed_out_.bytes(); }

  /// Errors: kInvalidArgument if the experiment or a trial cannot be read; kOutOfRange if the
  /// search space has fewer points left; kFailedPrecondition if running trials have to end first.
  [[nodiscard]] Result<Answer> Suggest(const Question& question);

 private:
  struct Told {
    bool has_ended = false;
    /// The number of the last question that contained the trial.
    std::uint64_t last_question = 0;
  };
  /// Tells the session of all changes. False if the question does not continue the session's
  /// history: then a new session has to be made.
  [[nodiscard]] Result<bool> CatchUp(const Question& question);
  /// True if a trial with unknown bytes can be a new one, or a known one that has changed.
  [[nodiscard]] bool MayFollow(const proto::NamedTrial& named, std::uint64_t last) const;
  /// Records such a trial; false if it had ended before.
  [[nodiscard]] bool Take(const Fingerprint& fingerprint, const proto::NamedTrial& named);
  /// Tells the session of `news`. False if a suggestion of the last answer has not become a trial.
  [[nodiscard]] bool Observe(std::vector<Trial> news);
  [[nodiscard]] Status MakeAnew(const Question& question);
  /// Tells a new session of all trials, in the order of their ordinals up to `last`, including
  /// suggested trials that the question does not contain.
  void TellAll(std::vector<proto::NamedTrial> trials, std::uint64_t last, SearchSession& session);
  /// Adds the trial that the caller left out to `news`, if it was suggested. `has_later`: the
  /// question contains later trials.
  void AddMissing(std::uint64_t ordinal,
                  bool has_later,
                  std::vector<Trial>& news,
                  SearchSession& session);
  /// The suggestion of a missing trial; `before` are trials of which the session was not told yet.
  [[nodiscard]] const HandedOut::Entry* FindMissing(std::uint64_t ordinal,
                                                    std::vector<Trial>& before,
                                                    SearchSession& session);
  [[nodiscard]] std::uint64_t FirstOrdinal(const Question& question) const;
  /// True if the question repeats the last one.
  [[nodiscard]] bool IsRepeated(const Question& question) const;

  std::optional<SearchSession> session_;
  std::uint64_t questions_ = 0;
  /// The trials that the session has been told of: by fingerprint, and the fingerprint by ordinal.
  std::unordered_map<Fingerprint, Told, FingerprintHash> told_;
  std::unordered_map<std::uint64_t, Fingerprint> fingerprints_;
  /// False if some trials came without an ordinal: then every question numbers all trials anew.
  bool has_own_numbers_ = false;
  HandedOut handed_out_;
  /// True if some suggestions may still become trials, which the next question will show.
  bool waits_for_trials_ = false;
  /// The last answer; is_answered_ while the session has been told of no change since.
  Answer answer_;
  bool is_answered_ = false;
};

}  // namespace hone::suggestion
