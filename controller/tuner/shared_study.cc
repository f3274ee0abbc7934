#include "controller/tuner/shared_study.h"

namespace hone::controller {
namespace {

/// How often a step is retried because another process has changed the study.
constexpr int kTries = 5;

Error IsStopping() {
  return {Code::kUnavailable, "the server is stopping; ask again when it is back"};
}

/// The answer to an Ask that need not wait.
Result<Asked> AnswerOf(Result<std::optional<Asked>> asked) {
  if (!asked) {
    return tl::unexpected<Error>(std::move(asked).error());
  }
  return **std::move(asked);
}

}  // namespace

template <typename Step>
std::invoke_result_t<Step, TunerStudy&> SharedStudy::Try(Step step) {
  for (int tries = 1;; ++tries) {
    if (!study_->is_loaded()) {
      HONE_RETURN_IF_ERROR(study_->Load());
    }
    auto result = step(*study_);
    if (result || result.error().code != Code::kAborted || tries == kTries) {
      return result;
    }
  }
}

template <typename Step>
std::invoke_result_t<Step, TunerStudy&> SharedStudy::Do(Step step) {
  mutex_.Lock();
  auto result = Try(step);
  Deliveries deliveries = TakeAnswers();
  mutex_.Unlock();
  Deliver(std::move(deliveries));
  return result;
}

void SharedStudy::Deliver(Deliveries&& deliveries) {
  for (auto& [answer, asked] : deliveries) {
    answer(std::move(asked));
  }
}

Result<std::optional<Asked>> SharedStudy::TryAsk(const std::string& client, std::size_t count) {
  return Try([&](TunerStudy& study) { return study.Ask(client, count); });
}

std::uint64_t SharedStudy::Ask(const std::string& client, std::size_t count, Answer answer) {
  mutex_.Lock();
  // Suggestions that have arrived meanwhile belong to the Asks that wait already.
  Deliveries deliveries = TakeAnswers();
  Result<std::optional<Asked>> asked = TryAsk(client, count);
  const bool has_to_wait = asked && !*asked;
  std::uint64_t ticket = 0;
  if (!has_to_wait) {
    deliveries.emplace_back(std::move(answer), AnswerOf(std::move(asked)));
  } else if (std::optional<Error> refusal = RefusalToWait()) {
    deliveries.emplace_back(std::move(answer), tl::unexpected<Error>(*std::move(refusal)));
  } else {
    ticket = ++last_ticket_;
    waiting_[ticket] = {client, count, std::move(answer)};
  }
  mutex_.Unlock();
  Deliver(std::move(deliveries));
  return ticket;
}

std::optional<Error> SharedStudy::RefusalToWait() const {
  if (is_closed_) {
    return IsStopping();
  }
  if (waiting_.size() >= kWaitingClientsMax) {
    return Error{Code::kResourceExhausted,
                 "study " + study_->experiment().key.ToString() + ": " +
                     std::to_string(kWaitingClientsMax) + " clients wait for trials already"};
  }
  return std::nullopt;
}

void SharedStudy::Close() {
  mutex_.Lock();
  is_closed_ = true;
  Deliveries deliveries;
  for (auto& [ticket, waiting] : waiting_) {
    deliveries.emplace_back(std::move(waiting.answer), tl::unexpected<Error>(IsStopping()));
  }
  waiting_.clear();
  mutex_.Unlock();
  Deliver(std::move(deliveries));
}

bool SharedStudy::Cancel(std::uint64_t ticket) {
  MutexLock lock(mutex_);
  return waiting_.erase(ticket) > 0;
}

bool SharedStudy::HasWaiting() {
  MutexLock lock(mutex_);
  return !waiting_.empty();
}

SharedStudy::Deliveries SharedStudy::TakeAnswers() {
  Deliveries deliveries;
  for (auto next = waiting_.begin(); next != waiting_.end(); next = waiting_.erase(next)) {
    Result<std::optional<Asked>> asked = TryAsk(next->second.client, next->second.count);
    if (asked && !*asked) {
      break;  // the Asks behind it wait for the same
    }
    deliveries.emplace_back(std::move(next->second.answer), AnswerOf(std::move(asked)));
  }
  return deliveries;
}

Result<Trial> SharedStudy::Tell(std::uint64_t ordinal, const TrialOutcome& outcome) {
  return Do([&](TunerStudy& study) { return study.Tell(ordinal, outcome); });
}

Result<std::optional<std::string>> SharedStudy::Report(std::uint64_t ordinal,
                                                       std::int64_t step,
                                                       const MetricValues& metrics) {
  return Do([&](TunerStudy& study) { return study.Report(ordinal, step, metrics); });
}

Status SharedStudy::Append(std::uint64_t ordinal, std::span<const Observation> rows) {
  return Do([&](TunerStudy& study) { return study.Append(ordinal, rows); });
}

std::optional<std::uint64_t> SharedStudy::CountRows(std::uint64_t ordinal) {
  const Result<std::uint64_t> count =
      Do([&](TunerStudy& study) { return study.CountRows(ordinal); });
  return count ? std::optional(*count) : std::nullopt;
}

Status SharedStudy::StopEarly(std::uint64_t ordinal) {
  return Do([&](TunerStudy& study) { return study.StopEarly(ordinal); });
}

void SharedStudy::TakeSuggestions() {
  // A waiting Ask is answered with the error, if there is one.
  [[maybe_unused]] const Status ignored = Do([](TunerStudy& /*study*/) { return Status(); });
}

void SharedStudy::Refresh() {
  [[maybe_unused]] const Status ignored = Do([](TunerStudy& study) { return study.Refresh(); });
}

}  // namespace hone::controller
