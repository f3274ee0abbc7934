#include "controller/reconcile/controller.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "controller/decide/ending.h"
#include "controller/reconcile/experiment_reconciler.h"
#include "controller/reconcile/retry_failed.h"
#include "db/store/transition.h"

namespace hone::controller {
namespace {

constexpr Duration kBackoffMin = std::chrono::milliseconds(5);
constexpr Duration kBackoffMax = std::chrono::seconds(1);
/// Consecutive retryable errors of one experiment before it is quarantined: about a minute.
constexpr int kFailuresMax = 64;
constexpr Duration kQuarantineInterval = std::chrono::minutes(1);

/// Rows of the log, or experiments, that are read at once.
constexpr std::size_t kReadAtOnce = 1000;

Duration BackoffAfter(int failures) {
  return std::min<Duration>(kBackoffMin * (1 << std::min(failures, 10)), kBackoffMax);
}

/// What is kept of a watched experiment.
struct Entry {
  ExperimentReconciler reconciler;
  RunMode mode;
  /// When the next pass is due.
  Time due{};
  /// The log has told of a change that another process may have made.
  bool may_be_stale = false;
  int failures = 0;
  bool is_quarantined = false;
  /// The listener knows that it is at rest.
  bool has_told_rest = false;
};

class LoopController final : public Controller {
 public:
  LoopController(const Platform& platform, std::uint64_t epoch, Time since)
      : platform_(platform), epoch_(epoch), since_(since) {}

  Result<std::size_t> RetryFailed(const ExperimentKey& key) override {
    HONE_ASSIGN_OR_RETURN(const std::size_t count, RetryFailedTrials(platform_.store, epoch_, key));
    MarkStale(key);
    return count;
  }

  Status Watch(const ExperimentKey& key) override {
    HONE_RETURN_IF_ERROR(FindLogEnd());
    if (Entry* const known = FindWatched(key)) {
      known->failures = std::min(known->failures, 1);
      known->is_quarantined = false;
      MarkStale(key);
      return {};
    }
    Entry& watched = Add(key);
    if (Status loaded = watched.reconciler.Load(); !loaded) {
      Unwatch(key);
      return loaded;
    }
    return {};
  }

  void WatchAll() override {
    watches_all_ = true;
    is_to_list_ = true;
    log_due_ = Time();
  }

  void Unwatch(const ExperimentKey& key) override {
    const auto found = watched_.find(key);
    if (found != watched_.end()) {
      queue_.erase({found->second->due, key});
      watched_.erase(found);
    }
  }

  bool IsWatched(const ExperimentKey& key) const override { return watched_.contains(key); }

  std::vector<ExperimentKey> Watched() const override {
    std::vector<ExperimentKey> keys;
    for (const auto& [key, entry] : watched_) {
      keys.push_back(key);
    }
    return keys;
  }

  void Wake(const ExperimentKey& key) override {
    if (Entry* const watched = FindWatched(key)) {
      SetDue(key, *watched, Time());
    }
  }

  void WakeForLog() override { log_due_ = std::min(log_due_.value_or(Time()), Time()); }

  void SetMode(RunMode mode) override {
    mode_ = mode;
    for (auto& [key, watched] : watched_) {
      SetMode(key, mode);
    }
  }

  void SetMode(const ExperimentKey& key, RunMode mode) override {
    if (Entry* const watched = FindWatched(key)) {
      watched->mode = mode;
      SetDue(key, *watched, Time());
    }
  }

  std::optional<Time> RunDue() override {
    const Time now = platform_.clock.Now();
    ReadLogIfDue(now);
    // What becomes due meanwhile is for the next call: others wait for this thread too.
    std::vector<ExperimentKey> due;
    for (auto next = queue_.begin(); next != queue_.end() && next->first <= now; ++next) {
      due.push_back(next->second);
    }
    for (const ExperimentKey& key : due) {
      if (Entry* const watched = FindWatched(key)) {
        Run(key, *watched);
      }
    }
    std::optional<Time> next = log_due_;
    if (!queue_.empty() && queue_.begin()->first != Time::max()) {
      next = std::min(next.value_or(Time::max()), queue_.begin()->first);
    }
    return next;
  }

  void Append(const AttemptId& id, std::vector<Observation> observations) override {
    if (Entry* const watched = FindWatched(id.experiment)) {
      watched->reconciler.Append(id, std::move(observations));
      // The pass that this asks for finds nothing to store yet and says when it will.
      SetDue(id.experiment, *watched, Time());
    }
  }

  const Experiment& Current(const ExperimentKey& key) const override {
    return Find(key).reconciler.experiment();
  }

  bool IsAtRest(const ExperimentKey& key) const override {
    const Entry& watched = Find(key);
    return watched.reconciler.IsAtRest(watched.mode);
  }

  SlotTimes slot_times(const ExperimentKey& key) const override {
    return Find(key).reconciler.ledger().times();
  }

  void SetListener(Listener* listener) override { listener_ = listener; }

 private:
  [[nodiscard]] const Entry& Find(const ExperimentKey& key) const {
    const auto found = watched_.find(key);
    HONE_CHECK(found != watched_.end());
    return *found->second;
  }

  [[nodiscard]] Entry* FindWatched(const ExperimentKey& key) {
    const auto found = watched_.find(key);
    return found == watched_.end() ? nullptr : found->second.get();
  }

  /// A watch whose first pass is due, and reads the experiment.
  Entry& Add(const ExperimentKey& key) {
    std::unique_ptr<Entry>& watched = watched_[key];
    watched =
        std::make_unique<Entry>(Entry{ExperimentReconciler(platform_, key, epoch_, since_), mode_});
    queue_.insert({watched->due, key});
    return *watched;
  }

  void SetDue(const ExperimentKey& key, Entry& watched, Time due) {
    if (due != watched.due) {
      queue_.erase({watched.due, key});
      watched.due = due;
      queue_.insert({due, key});
    }
  }

  void MarkStale(const ExperimentKey& key) {
    if (Entry* const watched = FindWatched(key)) {
      watched->may_be_stale = true;
      SetDue(key, *watched, Time());
    }
  }

  /// What changes after this is told by the log.
  Status FindLogEnd() {
    if (!log_end_) {
      HONE_ASSIGN_OR_RETURN(log_end_, platform_.store.NewestChange());
    }
    return {};
  }

  void ReadLogIfDue(Time now) {
    if (!log_due_ || *log_due_ > now) {
      return;
    }
    log_due_.reset();
    if (ReadLog()) {
      log_failures_ = 0;
    } else {
      log_due_ = now + BackoffAfter(++log_failures_);
    }
  }

  Status ReadLog() {
    HONE_RETURN_IF_ERROR(FindLogEnd());
    if (std::exchange(is_to_list_, false)) {
      if (Status listed = ListAll(); !listed) {
        is_to_list_ = true;
        return listed;
      }
    }
    const Result<std::vector<db::Change>> changes =
        platform_.store.ChangesSince(*log_end_, kReadAtOnce);
    if (!changes && changes.error().code == Code::kOutOfRange) {
      return StartOver();
    }
    if (!changes) {
      return tl::unexpected<Error>(changes.error());
    }
    for (const db::Change& change : *changes) {
      HONE_RETURN_IF_ERROR(Take(change));
      log_end_ = change.sequence;
    }
    if (changes->size() == kReadAtOnce) {
      log_due_ = Time();  // the rest comes after the passes that are due
    }
    return {};
  }

  /// The log has been trimmed beyond what was read of it: anything may have changed.
  Status StartOver() {
    log_end_.reset();
    HONE_RETURN_IF_ERROR(FindLogEnd());
    for (const auto& [key, watched] : watched_) {
      MarkStale(key);
    }
    TellChange(std::nullopt);
    is_to_list_ = watches_all_;
    log_due_ = is_to_list_ ? std::optional(Time()) : std::nullopt;
    return {};
  }

  /// Its own commits change states and add trials; specs are changed by others.
  Status Take(const db::Change& change) {
    const bool is_of_others =
        change.kind == db::ChangeKind::kExperiment && change.action != db::ChangeAction::kStatus;
    if (!is_of_others) {
      return {};
    }
    TellChange(change.experiment);
    if (watched_.contains(change.experiment)) {
      MarkStale(change.experiment);
    } else if (watches_all_ && change.action != db::ChangeAction::kDeleted) {
      return AddIfWanted(change.experiment);
    }
    return {};
  }

  Status AddIfWanted(const ExperimentKey& key) {
    const Result<Experiment> experiment = platform_.store.GetExperiment(key);
    if (!experiment) {
      const bool is_deleted = experiment.error().code == Code::kNotFound;
      return is_deleted ? Status() : tl::unexpected<Error>(experiment.error());
    }
    if (WantsControl(*experiment)) {
      Add(key);
    }
    return {};
  }

  Status ListAll() {
    ExperimentKey after{"", ""};
    while (true) {
      HONE_ASSIGN_OR_RETURN(const std::vector<Experiment> page,
                            platform_.store.ListExperiments("", after, kReadAtOnce));
      for (const Experiment& experiment : page) {
        if (WantsControl(experiment) && !watched_.contains(experiment.key)) {
          Add(experiment.key);
        }
      }
      if (page.size() < kReadAtOnce) {
        return {};
      }
      after = page.back().key;
    }
  }

  /// The pass of one experiment, and what follows from how it went.
  void Run(const ExperimentKey& key, Entry& watched) {
    const Result<std::optional<Time>> due = Pass(watched);
    if (!due) {
      Fail(key, watched, due.error());
      return;
    }
    watched.failures = 0;
    watched.is_quarantined = false;
    SetDue(key, watched, due->value_or(Time::max()));
    const bool rests = watched.reconciler.IsAtRest(watched.mode);
    const bool is_news = rests && !watched.has_told_rest;
    watched.has_told_rest = rests;
    if (is_news && listener_ != nullptr) {
      listener_->OnRest(key);
    }
  }

  Result<std::optional<Time>> Pass(Entry& watched) {
    ExperimentReconciler& reconciler = watched.reconciler;
    if (!reconciler.is_loaded() || watched.failures > 0) {
      // What a failed call left behind is unknown: the store says.
      HONE_RETURN_IF_ERROR(reconciler.Load());
    } else if (watched.may_be_stale) {
      HONE_RETURN_IF_ERROR(reconciler.Refresh());
    }
    watched.may_be_stale = false;
    return reconciler.Reconcile(watched.mode);
  }

  void Fail(const ExperimentKey& key, Entry& watched, const Error& error) {
    const Experiment& experiment = watched.reconciler.experiment();
    if (error.code == Code::kNotFound) {
      Unwatch(key);
      if (listener_ != nullptr) {
        listener_->OnDeleted(key);
      }
      return;
    }
    ++watched.failures;
    if (error.code == Code::kInvalidArgument && !experiment.status.IsCompleted() &&
        watched.reconciler.Refuse(error.message)) {
      SetDue(key, watched, Time::max());
      TellFailure(key, error);
      return;
    }
    if (error.IsRetryable() && watched.failures <= kFailuresMax) {
      SetDue(key, watched, platform_.clock.Now() + BackoffAfter(watched.failures));
      return;
    }
    SetDue(key, watched, platform_.clock.Now() + kQuarantineInterval);
    if (!std::exchange(watched.is_quarantined, true)) {
      TellFailure(key, error);
    }
  }

  void TellChange(const std::optional<ExperimentKey>& key) {
    if (listener_ != nullptr) {
      listener_->OnChange(key);
    }
  }

  void TellFailure(const ExperimentKey& key, const Error& error) {
    if (listener_ != nullptr) {
      listener_->OnFailure(key, error);
    }
  }

  Platform platform_;
  std::uint64_t epoch_;
  Time since_;
  RunMode mode_ = RunMode::kRun;
  Listener* listener_ = nullptr;
  std::map<ExperimentKey, std::unique_ptr<Entry>> watched_;
  /// When each of them is due.
  std::set<std::pair<Time, ExperimentKey>> queue_;

  /// What has been read of the log; nothing before the first watch.
  std::optional<std::uint64_t> log_end_;
  /// When to read on; nothing while there is no reason.
  std::optional<Time> log_due_;
  int log_failures_ = 0;
  bool watches_all_ = false;
  /// All experiments of the store have to be looked at.
  bool is_to_list_ = false;
};

}  // namespace

std::unique_ptr<Controller> Controller::Make(const Platform& platform,
                                             std::uint64_t epoch,
                                             Time since) {
  return std::make_unique<LoopController>(platform, epoch, since);
}

}  // namespace hone::controller
