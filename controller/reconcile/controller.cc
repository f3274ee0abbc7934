#include "controller/reconcile/controller.h"

#include <algorithm>
#include <map>
#include <utility>

#include "controller/reconcile/experiment_reconciler.h"
#include "db/store/transition.h"

namespace hone::controller {
namespace {

/// How long a change that nothing announced (another process wrote the store) may go unseen.
constexpr Duration kSweepInterval = std::chrono::seconds(1);
constexpr Duration kBackoffMin = std::chrono::milliseconds(5);
constexpr Duration kBackoffMax = std::chrono::seconds(1);
/// Consecutive retryable errors of one experiment before it is given up: about a minute.
constexpr int kFailuresMax = 64;

/// Trials that one transaction changes.
constexpr std::size_t kBatchTrials = 1000;

struct Watched {
  ExperimentReconciler reconciler;
  /// When the next pass is due.
  Time due;
  Time refreshed;
  int failures = 0;
};

class LoopController final : public Controller {
 public:
  LoopController(const Platform& platform, std::uint64_t epoch, Time since)
      : platform_(platform), epoch_(epoch), since_(since) {}

  Result<std::size_t> RetryFailed(const ExperimentKey& key) override {
    HONE_CHECK(!watched_.contains(key));
    const db::TrialQuery failed{.experiment = key,
                                .states = {TrialState::kFailed, TrialState::kMetricsUnavailable},
                                .limit = kBatchTrials};
    std::size_t count = 0;
    while (true) {
      db::Transition transition{.epoch = epoch_};
      HONE_ASSIGN_OR_RETURN(transition.updated, platform_.store.ListTrials(failed));
      if (transition.updated.empty()) {
        return count;
      }
      HONE_ASSIGN_OR_RETURN(transition.experiment, platform_.store.GetExperiment(key));
      for (Trial& trial : transition.updated) {
        RunAgainOnRequest(trial, transition.experiment.status.counts);
      }
      count += transition.updated.size();
      HONE_RETURN_IF_ERROR(platform_.store.Commit(transition));
    }
  }

  Status Watch(const ExperimentKey& key) override {
    auto watched = std::make_unique<Watched>(
        Watched{ExperimentReconciler(platform_, key, epoch_), Time(), platform_.clock.Now()});
    HONE_RETURN_IF_ERROR(watched->reconciler.Load());
    const auto slots = watched->reconciler.experiment().spec.parallel_trial_count.value_or(1);
    watched->reconciler.ledger().Open(static_cast<std::size_t>(slots), since_);
    watched_[key] = std::move(watched);
    return {};
  }

  void Wake(const ExperimentKey& key) override {
    const auto found = watched_.find(key);
    if (found != watched_.end()) {
      found->second->due = Time();
    }
  }

  void SetMode(RunMode mode) override {
    mode_ = mode;
    for (auto& [key, watched] : watched_) {
      watched->due = Time();
    }
  }

  Result<std::optional<Time>> RunDue() override {
    std::optional<Time> next;
    for (auto& [key, watched] : watched_) {
      HONE_RETURN_IF_ERROR(RunIfDue(*watched));
      next = next ? std::min(*next, watched->due) : watched->due;
    }
    return next;
  }

  void Append(const AttemptId& id, std::vector<Observation> observations) override {
    const auto found = watched_.find(id.experiment);
    if (found != watched_.end()) {
      found->second->reconciler.Append(id, std::move(observations));
      // The pass that this asks for finds nothing to store yet and says when it will.
      found->second->due = Time();
    }
  }

  const Experiment& Current(const ExperimentKey& key) const override {
    return Find(key).reconciler.experiment();
  }

  bool IsAtRest(const ExperimentKey& key) const override {
    return Find(key).reconciler.IsAtRest(mode_);
  }

  std::optional<double> LatestObjective(const ExperimentKey& key,
                                        std::uint64_t ordinal) const override {
    return Find(key).reconciler.LatestObjective(ordinal);
  }

  SlotTimes slot_times(const ExperimentKey& key) const override {
    return Find(key).reconciler.ledger().times();
  }

  void SetListener(Listener* listener) override { listener_ = listener; }

 private:
  [[nodiscard]] const Watched& Find(const ExperimentKey& key) const {
    const auto found = watched_.find(key);
    HONE_CHECK(found != watched_.end());
    return *found->second;
  }

  Status RunIfDue(Watched& watched) {
    const Time now = platform_.clock.Now();
    if (watched.due > now) {
      return {};
    }
    Result<std::optional<Time>> due = Pass(watched, now);
    if (due) {
      watched.failures = 0;
      const Time sweep = watched.refreshed + kSweepInterval;
      watched.due = std::min(due->value_or(sweep), sweep);
      return {};
    }
    if (!due.error().IsRetryable() || ++watched.failures > kFailuresMax) {
      return tl::unexpected<Error>(std::move(due).error());
    }
    const Duration delay = kBackoffMin * (1 << std::min(watched.failures, 10));
    watched.due = now + std::min<Duration>(delay, kBackoffMax);
    return {};
  }

  Result<std::optional<Time>> Pass(Watched& watched, Time now) {
    if (watched.failures > 0) {
      // What a failed call left behind is unknown: the store says.
      HONE_RETURN_IF_ERROR(watched.reconciler.Load());
    } else if (now - watched.refreshed >= kSweepInterval) {
      watched.refreshed = now;
      HONE_RETURN_IF_ERROR(watched.reconciler.Refresh());
    }
    return watched.reconciler.Reconcile(mode_, listener_);
  }

  Platform platform_;
  std::uint64_t epoch_;
  Time since_;
  RunMode mode_ = RunMode::kRun;
  Listener* listener_ = nullptr;
  std::map<ExperimentKey, std::unique_ptr<Watched>> watched_;
};

}  // namespace

std::unique_ptr<Controller> Controller::Make(const Platform& platform,
                                             std::uint64_t epoch,
                                             Time since) {
  return std::make_unique<LoopController>(platform, epoch, since);
}

}  // namespace hone::controller
