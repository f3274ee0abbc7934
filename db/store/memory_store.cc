#include "db/store/memory_store.h"

#include <algorithm>
#include <deque>
#include <map>
#include <numeric>
#include <utility>

#include "db/store/change_signal.h"
#include "db/store/rejections.h"
#include "db/store/transition.h"
#include "proto/core/mutex.h"

namespace hone::db {
namespace {

struct StoredExperiment {
  Experiment experiment;
  /// The trial with ordinal n is at index n - 1.
  std::vector<Trial> trials;
  std::map<AttemptId, std::map<std::uint64_t, Observation>> observations;
};

bool Matches(const TrialQuery& query, const Trial& trial) {
  return trial.ordinal > query.after_ordinal &&
         (query.states.empty() ||
          std::find(query.states.begin(), query.states.end(), trial.state) != query.states.end());
}

class MemoryStore final : public Store {
 public:
  MemoryStore(const Clock& clock, const LogRetention& retention)
      : clock_(clock), retention_(retention), signal_([this] { return NewestChange(); }) {}

  Result<Experiment> CreateExperiment(const Experiment& experiment) override {
    const MutexLock lock(mutex_);
    const auto [place, is_new] = experiments_.try_emplace(experiment.key);
    if (!is_new) {
      return ExperimentExists(experiment.key);
    }
    StoredExperiment& stored = place->second;
    stored.experiment = experiment;
    stored.experiment.version = 1;
    stored.experiment.generation = 1;
    Append(ChangeOf(stored.experiment, ChangeAction::kCreated, NewestCondition(experiment)));
    EndTransaction();
    return stored.experiment;
  }

  Result<Experiment> GetExperiment(const ExperimentKey& key) override {
    const MutexLock lock(mutex_);
    const auto place = experiments_.find(key);
    if (place == experiments_.end()) {
      return NoSuchExperiment(key);
    }
    return place->second.experiment;
  }

  Result<std::vector<Experiment>> ListExperiments(const std::string& ns,
                                                  const ExperimentKey& after,
                                                  std::size_t limit) override {
    const MutexLock lock(mutex_);
    std::vector<Experiment> found;
    for (auto place = experiments_.upper_bound(after);
         place != experiments_.end() && found.size() < limit;
         ++place) {
      if (ns.empty() || place->first.ns == ns) {
        found.push_back(place->second.experiment);
      }
    }
    return found;
  }

  Result<Experiment> UpdateSpec(const Experiment& experiment) override {
    const MutexLock lock(mutex_);
    HONE_ASSIGN_OR_RETURN(StoredExperiment* const place, Find(experiment));
    Experiment& stored = place->experiment;
    stored.generation += stored.spec == experiment.spec ? 0 : 1;
    stored.version += 1;
    stored.spec = experiment.spec;
    stored.labels = experiment.labels;
    stored.annotations = experiment.annotations;
    Append(ChangeOf(stored, ChangeAction::kSpec));
    EndTransaction();
    return stored;
  }

  Status DeleteExperiment(const ExperimentKey& key) override {
    const MutexLock lock(mutex_);
    const auto place = experiments_.find(key);
    if (place == experiments_.end()) {
      return NoSuchExperiment(key);
    }
    Experiment& experiment = place->second.experiment;
    experiment.version += 1;
    Append(ChangeOf(experiment, ChangeAction::kDeleted));
    experiments_.erase(place);
    EndTransaction();
    return {};
  }

  Result<std::uint64_t> AcquireEpoch() override {
    const MutexLock lock(mutex_);
    return ++epoch_;
  }

  Status Commit(Transition& transition) override {
    const MutexLock lock(mutex_);
    HONE_RETURN_IF_ERROR(CheckTransition(transition));
    if (transition.epoch != epoch_) {
      return Deposed(transition.experiment.key, transition.epoch);
    }
    HONE_ASSIGN_OR_RETURN(StoredExperiment* const stored, Find(transition.experiment));
    HONE_RETURN_IF_ERROR(CheckOrdinals(transition, stored->trials.size()));
    for (const Trial& trial : transition.updated) {
      const Trial& before = stored->trials[trial.ordinal - 1];
      HONE_RETURN_IF_ERROR(CheckUpdate(trial, before.version, before.state));
    }
    Apply(transition, *stored);
    EndTransaction();
    return {};
  }

  Result<std::vector<Trial>> ListTrials(const TrialQuery& query) override {
    const MutexLock lock(mutex_);
    if (query.changed_since > 0) {
      HONE_RETURN_IF_ERROR(CheckCursor(query.changed_since, ends_));
    }
    std::vector<Trial> found;
    const auto place = experiments_.find(query.experiment);
    if (place == experiments_.end()) {
      return found;
    }
    const std::vector<Trial>& trials = place->second.trials;
    std::vector<std::uint64_t> ordinals = Candidates(query, trials.size());
    if (query.descending) {
      std::reverse(ordinals.begin(), ordinals.end());
    }
    for (std::size_t i = 0; i < ordinals.size() && found.size() < query.limit; ++i) {
      const Trial& trial = trials[ordinals[i] - 1];
      if (Matches(query, trial)) {
        found.push_back(trial);
      }
    }
    return found;
  }

  Result<std::vector<Observation>> ListObservations(const ObservationQuery& query) override {
    const MutexLock lock(mutex_);
    std::vector<Observation> found;
    const auto place = experiments_.find(query.attempt.experiment);
    if (place == experiments_.end()) {
      return found;
    }
    const auto attempt = place->second.observations.find(query.attempt);
    if (attempt == place->second.observations.end()) {
      return found;
    }
    const std::map<std::uint64_t, Observation>& rows = attempt->second;
    for (auto row = rows.upper_bound(query.after_sequence);
         row != rows.end() && found.size() < query.limit;
         ++row) {
      if (query.metric.empty() || row->second.metric == query.metric) {
        found.push_back(row->second);
      }
    }
    return found;
  }

  Result<std::vector<Change>> ChangesSince(std::uint64_t cursor, std::size_t limit) override {
    const MutexLock lock(mutex_);
    HONE_RETURN_IF_ERROR(CheckCursor(cursor, ends_));
    const auto first = FirstAfter(cursor);
    const auto count = std::min(limit, static_cast<std::size_t>(changes_.end() - first));
    return std::vector<Change>(first, first + static_cast<std::ptrdiff_t>(count));
  }

  Result<std::uint64_t> NewestChange() override {
    const MutexLock lock(mutex_);
    return ends_.newest;
  }

  Result<bool> WaitForChange(std::uint64_t cursor,
                             std::chrono::steady_clock::time_point deadline) override {
    return signal_.Wait(cursor, deadline);
  }

  void EndWaits() override { signal_.End(); }

  Status Sync() override { return {}; }

 private:
  [[nodiscard]] std::deque<Change>::const_iterator FirstAfter(std::uint64_t cursor) const
      HONE_REQUIRES(mutex_) {
    return changes_.begin() + static_cast<std::ptrdiff_t>(cursor - ends_.trimmed);
  }

  /// The ordinals of all trials, or of the changed ones, in order.
  [[nodiscard]] std::vector<std::uint64_t> Candidates(const TrialQuery& query,
                                                      std::size_t trials) const
      HONE_REQUIRES(mutex_) {
    std::vector<std::uint64_t> ordinals;
    if (query.changed_since == 0) {
      ordinals.resize(trials);
      std::iota(ordinals.begin(), ordinals.end(), 1U);
      return ordinals;
    }
    for (auto change = FirstAfter(query.changed_since); change != changes_.end(); ++change) {
      if (change->kind == ChangeKind::kTrial && change->experiment == query.experiment &&
          change->ordinal <= trials) {
        ordinals.push_back(change->ordinal);
      }
    }
    std::sort(ordinals.begin(), ordinals.end());
    ordinals.erase(std::unique(ordinals.begin(), ordinals.end()), ordinals.end());
    return ordinals;
  }

  /// The stored form of `read`, if it has the same version and is not another experiment of that
  /// name.
  Result<StoredExperiment*> Find(const Experiment& read) HONE_REQUIRES(mutex_) {
    const auto place = experiments_.find(read.key);
    if (place == experiments_.end()) {
      return NoSuchExperiment(read.key);
    }
    const Experiment& stored = place->second.experiment;
    if (stored.version != read.version || stored.uid != read.uid) {
      return ExperimentMovedOn(read.key, read.version);
    }
    return &place->second;
  }

  void Apply(Transition& transition, StoredExperiment& stored) HONE_REQUIRES(mutex_) {
    for (Trial& trial : transition.created) {
      trial.version = 1;
      stored.trials.push_back(trial);
      Append(ChangeOfTrial(stored.experiment, trial, ChangeAction::kCreated));
    }
    for (Trial& trial : transition.updated) {
      trial.version += 1;
      Trial& place = stored.trials[trial.ordinal - 1];
      Trial before = std::exchange(place, trial);
      place.assignments = std::move(before.assignments);
      place.parent = before.parent;
      place.labels = std::move(before.labels);
      place.created = before.created;
      Append(ChangeOfTrial(stored.experiment, trial, ChangeAction::kStatus));
    }
    ApplyObservations(transition, stored);
    ExperimentStatus& status = stored.experiment.status;
    ExperimentStatus before = std::exchange(status, transition.experiment.status);
    transition.experiment.version = ++stored.experiment.version;
    if (!transition.experiment_changed_state) {
      status.start_time = before.start_time;
      status.completion_time = before.completion_time;
      status.conditions = std::move(before.conditions);
    }
    Append(ChangeOf(stored.experiment,
                    ChangeAction::kStatus,
                    transition.experiment_changed_state ? NewestCondition(stored.experiment) : ""));
  }

  void ApplyObservations(const Transition& transition, StoredExperiment& stored)
      HONE_REQUIRES(mutex_) {
    // The last added observation of each trial.
    std::map<std::uint64_t, std::uint64_t> last;
    for (const ObservationBatch& batch : transition.observations) {
      auto& rows = stored.observations[batch.attempt];
      for (const Observation& observation : batch.observations) {
        if (rows.try_emplace(observation.sequence, observation).second) {
          std::uint64_t& known = last[batch.attempt.ordinal];
          known = std::max(known, observation.sequence);
        }
      }
    }
    for (const auto& [ordinal, sequence] : last) {
      Change change = ChangeOf(stored.experiment, ChangeAction::kObserved);
      change.kind = ChangeKind::kObservations;
      change.ordinal = ordinal;
      change.subject_sequence = static_cast<std::int64_t>(sequence);
      Append(std::move(change));
    }
  }

  static Change ChangeOfTrial(const Experiment& experiment,
                              const Trial& trial,
                              ChangeAction action) {
    Change change = ChangeOf(experiment, action, ToText(trial.state));
    change.kind = ChangeKind::kTrial;
    change.ordinal = trial.ordinal;
    change.subject_sequence = trial.version;
    return change;
  }

  void Append(Change change) HONE_REQUIRES(mutex_) {
    change.sequence = ++ends_.newest;
    change.time = clock_.Now();
    changes_.push_back(std::move(change));
  }

  /// After the last Append of a transaction.
  void EndTransaction() HONE_REQUIRES(mutex_) {
    std::uint64_t left = retention_.MostForgotten(told_, ends_.newest);
    const Time now = clock_.Now();
    for (; left > 0 && !changes_.empty(); --left) {
      const Change& oldest = changes_.front();
      if (retention_.Keeps(oldest.sequence, oldest.time, ends_.newest, now)) {
        break;
      }
      ends_.trimmed = oldest.sequence;
      changes_.pop_front();
    }
    told_ = ends_.newest;
    signal_.Tell(ends_.newest);
  }

  const Clock& clock_;
  const LogRetention retention_;
  Mutex mutex_;
  std::map<ExperimentKey, StoredExperiment> experiments_ HONE_GUARDED_BY(mutex_);
  std::deque<Change> changes_ HONE_GUARDED_BY(mutex_);
  LogEnds ends_ HONE_GUARDED_BY(mutex_);
  /// The newest change of the transactions that have ended.
  std::uint64_t told_ HONE_GUARDED_BY(mutex_) = 0;
  std::uint64_t epoch_ HONE_GUARDED_BY(mutex_) = 0;
  /// Locked after mutex_, never before it.
  ChangeSignal signal_;
};

}  // namespace

std::unique_ptr<Store> MakeMemoryStore(const Clock& clock, const LogRetention& retention) {
  return std::make_unique<MemoryStore>(clock, retention);
}

}  // namespace hone::db
