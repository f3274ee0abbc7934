#include "suggestion/server/cached_session.h"

#include <algorithm>
#include <utility>

#include "proto/api/v1beta1/api.pb.h"
#include "proto/model/experiment.h"
#include "suggestion/server/numbering.h"

namespace hone::suggestion {
namespace {

/// The most suggestions that are computed again for one question; with a model each takes some
/// milliseconds.
constexpr std::size_t kRepeatedMax = 100'000;
constexpr std::size_t kRepeatedModelsMax = 100;

/// The largest ordinal that a trial of the question can have.
std::uint64_t LastOrdinal(const Question& question) {
  return std::max<std::uint64_t>(question.handed_out, question.trials.size());
}

Result<proto::NamedTrial> Decode(const Question& question, std::size_t i) {
  api::v1::beta1::Trial message;
  const std::string_view bytes = question.trials[i];
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Fail(Code::kInvalidArgument,
                "trials[" + std::to_string(i) + "]: is no message of kind api.v1.beta1.Trial");
  }
  return proto::ReadTrial(message, question.experiment->spec.objective->metric_name);
}

Error TooFew(const SuggestionBatch& batch, std::size_t count) {
  const std::string found = std::to_string(batch.suggestions.size()) + " of the " +
                            std::to_string(count) + " points that were asked for: ";
  if (batch.space_ended) {
    return {Code::kOutOfRange, found + "the search space has no others"};
  }
  return {Code::kFailedPrecondition, found + "the others follow from trials that have not ended"};
}

}  // namespace

bool CachedSession::KnowsAny(const Question& question) const {
  return std::any_of(question.fingerprints.begin(),
                     question.fingerprints.end(),
                     [this](const Fingerprint& each) { return told_.contains(each); });
}

std::size_t CachedSession::CountKnown(const Question& question) const {
  return static_cast<std::size_t>(std::count_if(
      question.fingerprints.begin(), question.fingerprints.end(), [this](const Fingerprint& each) {
        return told_.contains(each);
      }));
}

Result<Answer> CachedSession::Suggest(const Question& question) {
  const Result<bool> caught_up = CatchUp(question);
  if (!caught_up) {
    session_.reset();  // told_ has trials that the session was not told of
    return tl::unexpected<Error>(caught_up.error());
  }
  const bool follows = *caught_up;
  if (follows && is_answered_ && IsRepeated(question)) {
    return answer_;
  }
  if (!follows || is_answered_) {
    HONE_RETURN_IF_ERROR(MakeAnew(question));
  }
  const std::uint64_t first = FirstOrdinal(question);
  auto batch = session_->Suggest(first, question.count);
  if (!batch || batch->suggestions.size() < question.count) {
    if (!batch || !batch->suggestions.empty()) {
      session_.reset();  // the algorithm may count points as taken that the caller does not get
    }
    return tl::unexpected<Error>(batch ? TooFew(*batch, question.count) : std::move(batch).error());
  }
  answer_ = {first, std::move(batch->suggestions)};
  for (std::size_t i = 0; i < answer_.suggestions.size(); ++i) {
    const Suggestion& suggestion = answer_.suggestions[i];
    handed_out_.Add(first + i, {suggestion.assignments, suggestion.parent, false});
  }
  is_answered_ = true;
  return answer_;
}

std::uint64_t CachedSession::FirstOrdinal(const Question& question) const {
  return std::max(session_->last_ordinal(), question.handed_out) + 1;
}

bool CachedSession::IsRepeated(const Question& question) const {
  return FirstOrdinal(question) == answer_.first_ordinal &&
         question.count == answer_.suggestions.size();
}

Result<bool> CachedSession::CatchUp(const Question& question) {
  if (!session_ || !has_own_numbers_ || waits_for_trials_) {
    return false;
  }
  ++questions_;
  std::vector<std::size_t> fresh;
  for (std::size_t i = 0; i < question.fingerprints.size(); ++i) {
    const auto told = told_.find(question.fingerprints[i]);
    if (told == told_.end()) {
      fresh.push_back(i);
    } else if (std::exchange(told->second.last_question, questions_) == questions_) {
      return false;  // the same trial twice
    }
  }
  const std::size_t told_before = told_.size();
  const std::size_t known = question.fingerprints.size() - fresh.size();
  std::vector<Trial> news;
  for (const std::size_t i : fresh) {
    HONE_ASSIGN_OR_RETURN(proto::NamedTrial named, Decode(question, i));
    if (!MayFollow(named, LastOrdinal(question)) || !Take(question.fingerprints[i], named)) {
      return false;
    }
    handed_out_.See(named.ordinal, named.trial);
    news.push_back(std::move(named.trial));
    news.back().ordinal = named.ordinal;
  }
  // Every trial that the session knows is in the question, unchanged or changed.
  const std::size_t replaced = told_before + fresh.size() - told_.size();
  if (known + replaced != told_before) {
    return false;
  }
  return news.empty() || Observe(std::move(news));
}

bool CachedSession::MayFollow(const proto::NamedTrial& named, std::uint64_t last) const {
  const auto before = fingerprints_.find(named.ordinal);
  if (before == fingerprints_.end()) {
    return named.ordinal > session_->last_ordinal() && named.ordinal <= last;
  }
  // Otherwise two trials of the question have the same ordinal.
  return told_.at(before->second).last_question != questions_;
}

bool CachedSession::Observe(std::vector<Trial> news) {
  for (std::size_t i = 0; is_answered_ && i < answer_.suggestions.size(); ++i) {
    if (!fingerprints_.contains(answer_.first_ordinal + i)) {
      return false;  // the algorithm suggested a point that has not become a trial
    }
  }
  is_answered_ = false;
  std::sort(news.begin(), news.end(), [](const Trial& a, const Trial& b) {
    return a.ordinal < b.ordinal;
  });
  return session_->Observe(news);
}

bool CachedSession::Take(const Fingerprint& fingerprint, const proto::NamedTrial& named) {
  const auto [place, is_new] = fingerprints_.try_emplace(named.ordinal, fingerprint);
  if (!is_new) {
    const auto before = told_.find(place->second);
    if (before == told_.end() || before->second.has_ended) {
      return false;  // an ended trial does not change
    }
    told_.erase(before);
    place->second = fingerprint;
  }
  told_.emplace(fingerprint, Told{IsTerminal(named.trial.state), questions_});
  return true;
}

Status CachedSession::MakeAnew(const Question& question) {
  session_.reset();
  told_.clear();
  fingerprints_.clear();
  is_answered_ = false;
  std::vector<proto::NamedTrial> trials;
  trials.reserve(question.trials.size());
  for (std::size_t i = 0; i < question.trials.size(); ++i) {
    HONE_ASSIGN_OR_RETURN(proto::NamedTrial named, Decode(question, i));
    fingerprints_.emplace(named.ordinal, question.fingerprints[i]);
    told_.emplace(question.fingerprints[i], Told{IsTerminal(named.trial.state), questions_});
    trials.push_back(std::move(named));
  }
  const std::uint64_t last = LastOrdinal(question);
  const bool are_numbered =
      std::all_of(trials.begin(), trials.end(), [](const proto::NamedTrial& named) {
        return named.ordinal > 0;
      });
  handed_out_.ForgetAfter(last);
  handed_out_.Number(trials);
  has_own_numbers_ = NumberTrials(trials, last) && are_numbered;
  HONE_ASSIGN_OR_RETURN(SearchSession session, SearchSession::Make(*question.experiment));
  TellAll(std::move(trials), last, session);
  session_.emplace(std::move(session));
  return {};
}

void CachedSession::TellAll(std::vector<proto::NamedTrial> trials,
                            std::uint64_t last,
                            SearchSession& session) {
  std::vector<Trial> news;
  news.reserve(trials.size());
  std::size_t repeated_left = session.IsAdaptive() ? kRepeatedModelsMax : kRepeatedMax;
  waits_for_trials_ = false;
  auto next = trials.begin();
  for (std::uint64_t ordinal = 1; ordinal <= last; ++ordinal) {
    if (next != trials.end() && next->trial.ordinal == ordinal) {
      if (has_own_numbers_) {  // else later questions find the entry by its assignments
        handed_out_.See(ordinal, next->trial);
      }
      news.push_back(std::move(next->trial));
      ++next;
      continue;
    }
    const bool is_known = handed_out_.Find(ordinal) != nullptr;
    if (!session.LearnsFromTrials() || (!is_known && repeated_left == 0)) {
      continue;
    }
    repeated_left -= is_known ? 0 : 1;
    AddMissing(ordinal, next != trials.end(), news, session);
  }
  session.Observe(news);
}

void CachedSession::AddMissing(std::uint64_t ordinal,
                               bool has_later,
                               std::vector<Trial>& news,
                               SearchSession& session) {
  const HandedOut::Entry* const missing = FindMissing(ordinal, news, session);
  if (missing == nullptr) {
    return;
  }
  // Callers create trials in the order of the suggestions.
  const bool is_gone = missing->was_seen || has_later;
  waits_for_trials_ = waits_for_trials_ || !is_gone;
  Trial trial;
  trial.ordinal = ordinal;
  trial.assignments = missing->assignments;
  trial.parent = missing->parent;
  trial.state = is_gone ? TrialState::kMetricsUnavailable : TrialState::kCreated;
  news.push_back(std::move(trial));
}

const HandedOut::Entry* CachedSession::FindMissing(std::uint64_t ordinal,
                                                   std::vector<Trial>& before,
                                                   SearchSession& session) {
  if (handed_out_.Find(ordinal) == nullptr) {
    // Told of the trials before, the session is in the state of the original question, except that
    // some trials have ended since.
    session.Observe(before);
    before.clear();
    auto batch = session.Suggest(ordinal, 1);
    if (batch && !batch->suggestions.empty()) {
      Suggestion& suggestion = batch->suggestions.front();
      handed_out_.Add(ordinal, {std::move(suggestion.assignments), suggestion.parent, false});
    }
  }
  return handed_out_.Find(ordinal);
}

}  // namespace hone::suggestion
