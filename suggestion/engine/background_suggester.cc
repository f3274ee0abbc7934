#include "suggestion/engine/background_suggester.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "db/store/trial_feed.h"
#include "proto/core/lru_cache.h"
#include "proto/core/mutex.h"
#include "proto/model/experiment.h"
#include "suggestion/engine/experiment_search.h"

namespace hone::suggestion {
namespace {

/// The number of cached searches; above it, idle ones are evicted, and rebuilt from the store when
/// needed.
constexpr std::size_t kRestingMax = 64;

struct Question {
  /// The experiment as it was at the first question about this version.
  std::shared_ptr<const Experiment> experiment;
  std::uint64_t first_ordinal = 0;
  std::size_t count = 0;
  /// The number of trials that had ended.
  std::int64_t completed = 0;
  /// On the monotonic clock.
  Duration asked{};
};

/// The search of one experiment, and the question to it. The suggester's lock guards all fields but
/// `search` and `question`: while a task is under way, those two belong to it.
struct Asked {
  enum class State { kIdle, kUnderWay, kAnswered };

  ExperimentSearch search;
  Question question;
  State state = State::kIdle;
  std::optional<Result<SuggestionBatch>> answer;
  // The values after the last answer.
  std::size_t ask_early = 0;
  bool remembers = false;
};

/// What the suggester and its tasks share: a task may outlive the suggester.
class BackgroundSearches : public std::enable_shared_from_this<BackgroundSearches> {
 public:
  BackgroundSearches(db::Store& store, const Clock& clock, RunLater run_later, WakeExperiment wake)
      : store_(store),
        feed_(store),
        clock_(clock),
        run_later_(std::move(run_later)),
        wake_(std::move(wake)) {}

  Result<SuggestionBatch> Suggest(const Experiment& experiment,
                                  std::uint64_t first_ordinal,
                                  std::size_t count) {
    std::shared_ptr<Asked> asked;
    SuggestionBatch pending{.suggestions = {}, .is_pending = true};
    {
      const MutexLock lock(mutex_);
      asked = Find(experiment.key);
      pending.ask_early = asked->ask_early;
      pending.remembers = asked->remembers;
      if (asked->state == Asked::State::kUnderWay) {
        return pending;
      }
      const bool is_answered = asked->state == Asked::State::kAnswered;
      asked->state = Asked::State::kIdle;
      if (is_answered && IsAbout(asked->question, experiment, first_ordinal)) {
        const std::int64_t completed = experiment.status.counts.Completed();
        if (auto answer = Judge(*asked, count, completed)) {
          return *std::move(answer);
        }
      }
      Ask(*asked, experiment, first_ordinal, count);
    }
    run_later_([self = shared_from_this(), asked] { self->Answer(*asked); });
    return pending;
  }

  /// `wake` is not called after this.
  void End() {
    const MutexLock lock(wake_mutex_);
    has_ended_ = true;
  }

 private:
  std::shared_ptr<Asked> Find(const ExperimentKey& key) HONE_REQUIRES(mutex_) {
    if (const std::shared_ptr<Asked>* const found = searches_.Find(key)) {
      return *found;
    }
    if (searches_.size() >= kRestingMax) {
      searches_.TakeOldest([](const std::shared_ptr<Asked>& held) {
        return held->state != Asked::State::kUnderWay;
      });
    }
    return searches_.Insert(key,
                            std::make_shared<Asked>(Asked{ExperimentSearch(store_, feed_), {}}));
  }

  static bool IsOf(const Question& question, const Experiment& experiment) {
    return question.experiment != nullptr && question.experiment->uid == experiment.uid &&
           question.experiment->generation == experiment.generation;
  }

  static bool IsAbout(const Question& question,
                      const Experiment& experiment,
                      std::uint64_t first_ordinal) {
    return IsOf(question, experiment) && question.first_ordinal == first_ordinal;
  }

  /// The result for the caller, if `wanted` suggestions are wanted and `completed` trials have
  /// ended. Nothing if the question has to be asked again: the answer was empty until more trials
  /// ended, and they have ended since.
  static std::optional<Result<SuggestionBatch>> Judge(Asked& asked,
                                                      std::size_t wanted,
                                                      std::int64_t completed) {
    Result<SuggestionBatch> answer = *std::exchange(asked.answer, std::nullopt);
    if (!answer) {
      return answer;
    }
    const std::size_t given = answer->suggestions.size();
    const bool is_old = asked.question.completed != completed;
    const bool is_short = given < asked.question.count && !answer->space_ended;
    if (is_short && is_old && given == 0) {
      return std::nullopt;
    }
    answer->ask_early = asked.ask_early;
    answer->remembers = asked.remembers;
    answer->is_pending = given < wanted && !answer->space_ended && (is_old || !is_short);
    return answer;
  }

  void Ask(Asked& asked,
           const Experiment& experiment,
           std::uint64_t first_ordinal,
           std::size_t count) HONE_REQUIRES(mutex_) {
    Question& question = asked.question;
    if (!IsOf(question, experiment)) {
      question.experiment = std::make_shared<const Experiment>(experiment);
    }
    question.first_ordinal = first_ordinal;
    question.count = count;
    question.completed = experiment.status.counts.Completed();
    question.asked = clock_.Elapsed();
    asked.state = Asked::State::kUnderWay;
  }

  /// Runs as a task.
  void Answer(Asked& asked) {
    const Experiment& experiment = *asked.question.experiment;
    Result<SuggestionBatch> answer =
        asked.search.Suggest(experiment, asked.question.first_ordinal, asked.question.count);
    asked.search.AnswerTook(clock_.Elapsed() - asked.question.asked);
    const auto slots = std::max<std::int32_t>(experiment.spec.parallel_trial_count.value_or(1), 1);
    const std::size_t ask_early = asked.search.AskEarly(static_cast<std::size_t>(slots));
    const ExperimentKey key = experiment.key;
    {
      const MutexLock lock(mutex_);
      asked.answer = std::move(answer);
      asked.ask_early = ask_early;
      asked.remembers = asked.search.Remembers();
      asked.state = Asked::State::kAnswered;
    }
    const MutexLock lock(wake_mutex_);  // not the other one: wake_ takes locks of its own
    if (!has_ended_) {
      wake_(key);
    }
  }

  db::Store& store_;
  db::TrialFeed feed_;
  const Clock& clock_;
  const RunLater run_later_;
  const WakeExperiment wake_;
  Mutex mutex_;
  LruCache<ExperimentKey, std::shared_ptr<Asked>> searches_ HONE_GUARDED_BY(mutex_);
  Mutex wake_mutex_;
  bool has_ended_ HONE_GUARDED_BY(wake_mutex_) = false;
};

class BackgroundSuggester final : public Suggester {
 public:
  explicit BackgroundSuggester(std::shared_ptr<BackgroundSearches> searches)
      : searches_(std::move(searches)) {}
  BackgroundSuggester(const BackgroundSuggester&) = delete;
  BackgroundSuggester& operator=(const BackgroundSuggester&) = delete;
  BackgroundSuggester(BackgroundSuggester&&) = delete;
  BackgroundSuggester& operator=(BackgroundSuggester&&) = delete;
  ~BackgroundSuggester() override { searches_->End(); }

  Result<SuggestionBatch> Suggest(const Experiment& experiment,
                                  std::uint64_t first_ordinal,
                                  std::size_t count) override {
    return searches_->Suggest(experiment, first_ordinal, count);
  }

 private:
  const std::shared_ptr<BackgroundSearches> searches_;
};

}  // namespace

std::unique_ptr<Suggester> MakeBackgroundSuggester(db::Store& store,
                                                   const Clock& clock,
                                                   RunLater run_later,
                                                   WakeExperiment wake) {
  return std::make_unique<BackgroundSuggester>(
      std::make_shared<BackgroundSearches>(store, clock, std::move(run_later), std::move(wake)));
}

}  // namespace hone::suggestion
