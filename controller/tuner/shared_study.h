// SharedStudy: a TunerStudy for many threads: its lock, its retries, and the Asks that wait for a
// trial. Any thread may call any method. A waiting Ask is answered on the thread whose call made
// the answer possible, outside the lock.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "controller/tuner/tuner_study.h"
#include "proto/core/mutex.h"

namespace hone::controller {

/// Asks of one study that wait at once; more are refused.
inline constexpr std::size_t kWaitingClientsMax = 10'000;

class SharedStudy {
 public:
  explicit SharedStudy(std::unique_ptr<TunerStudy> study) : study_(std::move(study)) {}

  using Answer = std::function<void(Result<Asked>)>;
  /// TunerStudy::Ask. `answer` is called once: before this returns, or later, when there is a trial
  /// or it is certain that there will be none; not at all after Cancel. Returns a ticket, 0 if it
  /// has been answered.
  std::uint64_t Ask(const std::string& client, std::size_t count, Answer answer);
  /// Cancels an Ask that waits. False if it has been answered, or is being answered now.
  bool Cancel(std::uint64_t ticket);
  [[nodiscard]] bool HasWaiting();
  /// The program ends: every waiting Ask, and every later Ask that would wait, fails with
  /// kUnavailable.
  void Close();

  // See TunerStudy.
  [[nodiscard]] Result<Trial> Tell(std::uint64_t ordinal, const TrialOutcome& outcome);
  [[nodiscard]] Result<std::optional<std::string>> Report(std::uint64_t ordinal,
                                                          std::int64_t step,
                                                          const MetricValues& metrics);
  [[nodiscard]] Status Append(std::uint64_t ordinal, std::span<const Observation> rows);
  /// Nothing if the trial does not run, or the store cannot say.
  [[nodiscard]] std::optional<std::uint64_t> CountRows(std::uint64_t ordinal);
  [[nodiscard]] Status StopEarly(std::uint64_t ordinal);

  /// The suggester has an answer: answers the waiting Asks that can be answered now.
  void TakeSuggestions();
  /// Another process may have changed the study: reads it again if so, and answers the waiting Asks
  /// that can be answered now.
  void Refresh();

 private:
  struct Waiting {
    std::string client;
    std::size_t count = 0;
    Answer answer;
  };
  /// Answers that are called once the lock is released.
  using Deliveries = std::vector<std::pair<Answer, Result<Asked>>>;
  static void Deliver(Deliveries&& deliveries);

  /// Calls `step` on a study that is loaded, again if another process has changed it meanwhile.
  template <typename Step>
  std::invoke_result_t<Step, TunerStudy&> Try(Step step) HONE_REQUIRES(mutex_);
  /// The same under the lock; then answers the Asks whose wait the step has ended.
  template <typename Step>
  std::invoke_result_t<Step, TunerStudy&> Do(Step step);
  /// Why no further Ask may wait; nothing if it may.
  [[nodiscard]] std::optional<Error> RefusalToWait() const HONE_REQUIRES(mutex_);
  [[nodiscard]] Result<std::optional<Asked>> TryAsk(const std::string& client, std::size_t count)
      HONE_REQUIRES(mutex_);
  [[nodiscard]] Deliveries TakeAnswers() HONE_REQUIRES(mutex_);

  Mutex mutex_;
  const std::unique_ptr<TunerStudy> study_ HONE_GUARDED_BY(mutex_);
  /// By ticket: first come, first served.
  std::map<std::uint64_t, Waiting> waiting_ HONE_GUARDED_BY(mutex_);
  std::uint64_t last_ticket_ HONE_GUARDED_BY(mutex_) = 0;
  bool is_closed_ HONE_GUARDED_BY(mutex_) = false;
};

}  // namespace hone::controller
